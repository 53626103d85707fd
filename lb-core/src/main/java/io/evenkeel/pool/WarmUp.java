package io.evenkeel.pool;

/**
 * That a destination is warming up, and how far it is.
 *
 * @param sinceNanos monotonic time from which on it has been in rotation
 * @param warmth 0..1 as the application says; {@link Double#NaN} when it says nothing, and time
 *     decides
 */
public record WarmUp(long sinceNanos, double warmth) {}

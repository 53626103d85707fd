package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import org.jspecify.annotations.Nullable;

/**
 * A choice and how it came about. Immutable, but for the live cell in it.
 *
 * @param chosen who gets the connection; null if nobody is eligible
 * @param reasoning how that came about
 */
public record Selection(@Nullable Destination chosen, Reasoning reasoning) {}

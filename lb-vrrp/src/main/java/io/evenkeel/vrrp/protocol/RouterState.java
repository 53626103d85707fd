package io.evenkeel.vrrp.protocol;

/**
 * All that a member of a group remembers. Immutable.
 *
 * @param phase what it is
 * @param priority effective, 1..255
 */
public record RouterState(Phase phase, int priority) {}

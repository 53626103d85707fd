package io.evenkeel.vrrp.track;

/**
 * What something that is tracked does to a router. Immutable.
 *
 * @param points added to the priority, below 0 too
 * @param isFault whether the router must not run
 * @param reason for the log and the status, such as {@code script chk_nginx: exit 1 after 2 of 2}
 */
public record Contribution(int points, boolean isFault, String reason) {}

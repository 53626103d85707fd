package io.evenkeel.kernel.ipvs;

/**
 * A destination and what was counted of it.
 *
 * @param destination as the kernel holds it
 * @param active connections that are established, 0..4294967295
 * @param inactive all others, 0..4294967295
 * @param persistent persistence templates, 0..4294967295
 * @param stats since it was added
 */
public record DestinationStatus(
    IpvsDestination destination, long active, long inactive, long persistent, IpvsStats stats) {}

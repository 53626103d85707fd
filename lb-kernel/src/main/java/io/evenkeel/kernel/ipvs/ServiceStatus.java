package io.evenkeel.kernel.ipvs;

/**
 * A virtual service and what was counted of it.
 *
 * @param service as the kernel holds it
 * @param stats of all its destinations, those that were deleted, too
 */
public record ServiceStatus(IpvsService service, IpvsStats stats) {}

package io.evenkeel.kernel.ipvs;

/**
 * The kernel's IPVS itself.
 *
 * @param major version
 * @param minor version
 * @param patch version
 * @param connectionTableSize buckets of its connection table
 */
public record IpvsInfo(int major, int minor, int patch, long connectionTableSize) {}

package io.evenkeel.persistence;

import io.evenkeel.model.PersistenceSpec;

/** A {@link PersistenceSpec} as the hot path needs it. Immutable. */
record Settings(
    long timeoutNanos,
    long ipv4Mask,
    long ipv6HighMask,
    long ipv6LowMask,
    boolean expireQuiescent,
    int maxTemplates) {

  static Settings of(PersistenceSpec spec) {
    return new Settings(
        spec.timeout().toNanos(),
        // The upper half says that it is an IPv4 address.
        leadingOnes(32 + spec.ipv4Prefix()),
        leadingOnes(Math.min(spec.ipv6Prefix(), Long.SIZE)),
        leadingOnes(Math.max(spec.ipv6Prefix() - Long.SIZE, 0)),
        spec.expireQuiescent(),
        spec.maxTemplates());
  }

  private static long leadingOnes(int count) {
    return count == 0 ? 0 : -1L << (Long.SIZE - count);
  }
}

package io.evenkeel.vrrp;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Leases by a clock of the test's. */
public final class LeaseClocks {
  private LeaseClocks() {}

  /** With the drift that is the default. */
  public static Lease lease(
      LeaseStore store, String holder, Duration length, LongSupplier nanoTime) {
    return new Lease(store, "web", holder, length, Lease.DEFAULT_DRIFT_PPM, nanoTime);
  }
}

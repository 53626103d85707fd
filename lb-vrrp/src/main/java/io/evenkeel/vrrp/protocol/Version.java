package io.evenkeel.vrrp.protocol;

import java.time.Duration;

/** Of the protocol. */
public enum Version {
  /** RFC 3768: IPv4, whole seconds, authentication. */
  V2(2, WireConfig.SECOND_NANOS, WireConfig.MAX_OCTET),
  /** RFC 9568 (before it RFC 5798): IPv4 and IPv6, hundredths of a second. */
  V3(3, WireConfig.CENTISECOND_NANOS, WireConfig.MAX_CENTISECONDS);

  private final int number;
  private final long unitNanos;
  private final int maxUnits;

  Version(int number, long unitNanos, int maxUnits) {
    this.number = number;
    this.unitNanos = unitNanos;
    this.maxUnits = maxUnits;
  }

  /**
   * As it is in a packet.
   *
   * @return 2 or 3
   */
  public int number() {
    return number;
  }

  /**
   * Checks an interval between two advertisements.
   *
   * @throws IllegalArgumentException if it cannot be said in one
   */
  void requireInterval(long nanos) {
    requireInterval(nanos, maxUnits);
  }

  /** As {@link #requireInterval(long)}, up to so many units. */
  void requireInterval(long nanos, int max) {
    if (nanos < unitNanos || nanos > max * unitNanos || nanos % unitNanos != 0) {
      throw new IllegalArgumentException(
          "interval: %s (expected: %s..%s, a multiple of %s)"
              .formatted(
                  Duration.ofNanos(nanos),
                  Duration.ofNanos(unitNanos),
                  Duration.ofNanos(max * unitNanos),
                  Duration.ofNanos(unitNanos)));
    }
  }
}

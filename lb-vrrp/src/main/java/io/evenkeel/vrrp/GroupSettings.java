package io.evenkeel.vrrp;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What holds for routers that move together. Immutable.
 *
 * @param gateTimeout of one call
 */
record GroupSettings(Duration startDelay, @Nullable ExclusiveGate gate, Duration gateTimeout) {
  private static final Duration MAX_DELAY = Duration.ofSeconds(1000);
  private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
  private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

  static final GroupSettings DEFAULT =
      new GroupSettings(Duration.ZERO, null, Duration.ofSeconds(10));

  GroupSettings startDelay(Duration delay) {
    return new GroupSettings(requireDelay("start delay", delay), gate, gateTimeout);
  }

  GroupSettings gate(ExclusiveGate passed, Duration timeout) {
    return new GroupSettings(startDelay, passed, requireTimeout("gate time-out", timeout));
  }

  static Duration requireTimeout(String name, Duration timeout) {
    if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException(name + ": " + timeout + " (expected: 1 ms..1 h)");
    }
    return timeout;
  }

  private static Duration requireDelay(String name, Duration delay) {
    if (delay.isNegative() || delay.compareTo(MAX_DELAY) > 0) {
      throw new IllegalArgumentException(name + ": " + delay + " (expected: 0..1000 s)");
    }
    return delay;
  }
}

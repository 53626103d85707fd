package io.evenkeel.kernel.ipvs;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A virtual service as the kernel holds it, without its destinations. Immutable.
 *
 * @param key what it is known by
 * @param scheduler name of a kernel module {@code ip_vs_NAME}
 * @param flags of the scheduler
 * @param persistence null: none
 * @param onePacket whether each datagram is a connection of its own; for UDP
 */
public record IpvsService(
    IpvsKey key,
    String scheduler,
    Set<SchedulerFlag> flags,
    @Nullable IpvsPersistence persistence,
    boolean onePacket) {

  /**
   * Checks what the kernel would refuse.
   *
   * @throws IllegalArgumentException if it would
   */
  public IpvsService {
    Objects.requireNonNull(key, "key");
    if (!scheduler.matches("[\\x21-\\x7e]{1," + IpvsPersistence.MAX_NAME + "}")) {
      throw new IllegalArgumentException(
          "scheduler: "
              + scheduler
              + " (expected: 1.."
              + IpvsPersistence.MAX_NAME
              + " characters)");
    }
    flags =
        Collections.unmodifiableSet(
            flags.isEmpty() ? EnumSet.noneOf(SchedulerFlag.class) : EnumSet.copyOf(flags));
    if (persistence != null) {
      int least = key.family() == AddressFamily.IPV6 ? 1 : 0;
      Ranges.check("persistence prefix", persistence.prefix(), least, key.family().bits());
      if (persistence.gaps() != 0 && key.family() == AddressFamily.IPV6) {
        throw new IllegalArgumentException(
            "persistence gaps: " + persistence + " of " + key + " (expected: none, or IPv4)");
      }
    }
  }

  /**
   * Without persistence and flags.
   *
   * @param key what it is known by
   * @param scheduler its name
   * @return the service
   * @throws IllegalArgumentException if the kernel would refuse it
   */
  public static IpvsService of(IpvsKey key, String scheduler) {
    return new IpvsService(key, scheduler, Set.of(), null, false);
  }
}

package io.evenkeel.model;

import java.time.Duration;

/**
 * How long, and who, a virtual service keeps sending to the server that it chose first: the
 * persistence of ipvsadm(8). Immutable.
 *
 * @param timeout how long a template outlives the last new connection, 1 s..31 days; the next
 *     connection within it goes to the same server
 * @param ipv4Prefix leading bits of an IPv4 client's address that tell it from others, 0..32;
 *     {@code 24} is the netmask 255.255.255.0
 * @param ipv6Prefix the same of an IPv6 client, 0..128
 * @param expireQuiescent whether a server of weight 0 gets no new connections from the clients that
 *     it has, either ({@code expire_quiescent_template} in
 *     Documentation/networking/ipvs-sysctl.rst)
 * @param maxTemplates how many templates the service keeps, 1..100 000 000; above, those used least
 *     are forgotten, counted and logged
 */
public record PersistenceSpec(
    Duration timeout, int ipv4Prefix, int ipv6Prefix, boolean expireQuiescent, int maxTemplates) {
  private static final Duration MAX_TIMEOUT = Duration.ofDays(31);
  private static final int MAX_TEMPLATES = 100_000_000;

  /**
   * Checks every part.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public PersistenceSpec {
    if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          "persistence timeout: " + timeout + " (expected: 1 s..31 days)");
    }
    checkRange("persistence IPv4 prefix", ipv4Prefix, 0, 32);
    checkRange("persistence IPv6 prefix", ipv6Prefix, 0, 128);
    checkRange("persistence templates", maxTemplates, 1, MAX_TEMPLATES);
  }

  /**
   * Each client by itself for 300 s, as ipvsadm(8) defaults to, and at most 1 000 000 templates.
   *
   * @return the description
   */
  public static PersistenceSpec perClient() {
    return new PersistenceSpec(Duration.ofMinutes(5), 32, 128, false, 1_000_000);
  }

  /**
   * With another timeout.
   *
   * @param limit 1 s..31 days
   * @return the changed description
   * @throws IllegalArgumentException if it is out of range
   */
  public PersistenceSpec timeout(Duration limit) {
    return new PersistenceSpec(limit, ipv4Prefix, ipv6Prefix, expireQuiescent, maxTemplates);
  }

  /**
   * With other groups of clients that go together.
   *
   * @param ipv4 prefix length, 0..32
   * @param ipv6 prefix length, 0..128
   * @return the changed description
   * @throws IllegalArgumentException if one is out of range
   */
  public PersistenceSpec prefixes(int ipv4, int ipv6) {
    return new PersistenceSpec(timeout, ipv4, ipv6, expireQuiescent, maxTemplates);
  }

  /**
   * With or without new connections to a server of weight 0 from the clients that it has.
   *
   * @param value true: they are sent elsewhere
   * @return the changed description
   */
  public PersistenceSpec expireQuiescent(boolean value) {
    return new PersistenceSpec(timeout, ipv4Prefix, ipv6Prefix, value, maxTemplates);
  }

  /**
   * With another bound.
   *
   * @param count 1..100 000 000
   * @return the changed description
   * @throws IllegalArgumentException if it is out of range
   */
  public PersistenceSpec maxTemplates(int count) {
    return new PersistenceSpec(timeout, ipv4Prefix, ipv6Prefix, expireQuiescent, count);
  }

  private static void checkRange(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + min + ".." + max + ")");
    }
  }

  @Override
  public String toString() {
    return "timeout "
        + timeout
        + " prefixes "
        + ipv4Prefix
        + "/"
        + ipv6Prefix
        + (expireQuiescent ? " expire quiescent" : "")
        + " at most "
        + maxTemplates;
  }
}

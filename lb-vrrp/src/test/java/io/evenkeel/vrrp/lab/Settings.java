package io.evenkeel.vrrp.lab;

import io.evenkeel.vrrp.protocol.Version;
import java.util.List;

/**
 * How a router on the segment is to behave, whoever makes it.
 *
 * @param host where it is
 * @param version of the protocol
 * @param ipv6 whether its virtual addresses are; of version 3
 * @param unicast whether it sends to the other host alone
 * @param priority 1..255
 * @param intervalMillis between two advertisements
 * @param preempts whether it takes the place of a living master
 * @param preemptDelaySeconds how long it waits before it does
 * @param authentication of version 2: empty, PASS or AH
 * @param secret of it
 */
record Settings(
    Host host,
    Version version,
    boolean ipv6,
    boolean unicast,
    int priority,
    int intervalMillis,
    boolean preempts,
    int preemptDelaySeconds,
    String authentication,
    String secret) {
  static final int VRID = 51;

  Settings priority(int other) {
    return new Settings(
        host,
        version,
        ipv6,
        unicast,
        other,
        intervalMillis,
        preempts,
        preemptDelaySeconds,
        authentication,
        secret);
  }

  Settings intervalMillis(int other) {
    return new Settings(
        host,
        version,
        ipv6,
        unicast,
        priority,
        other,
        preempts,
        preemptDelaySeconds,
        authentication,
        secret);
  }

  Settings withoutPreemption() {
    return new Settings(
        host,
        version,
        ipv6,
        unicast,
        priority,
        intervalMillis,
        false,
        preemptDelaySeconds,
        authentication,
        secret);
  }

  Settings preemptDelaySeconds(int other) {
    return new Settings(
        host,
        version,
        ipv6,
        unicast,
        priority,
        intervalMillis,
        preempts,
        other,
        authentication,
        secret);
  }

  Settings authentication(String type, String word) {
    return new Settings(
        host,
        version,
        ipv6,
        unicast,
        priority,
        intervalMillis,
        preempts,
        preemptDelaySeconds,
        type,
        word);
  }

  /** With their prefix; of IPv6 the link-local one first. */
  List<String> virtualAddresses() {
    return ipv6 ? List.of("fe80::100/64", "fd51::100/64") : List.of("192.0.2.100/24");
  }

  /** The one that others ask for. */
  String sampled() {
    return ipv6 ? "fd51::100" : "192.0.2.100";
  }

  /** Of whom advertisements are. */
  String source() {
    return address(host);
  }

  /** To whom they go, if not to all. */
  String peer() {
    return address(host.other());
  }

  private String address(Host of) {
    return (ipv6 ? "fe80::" : "192.0.2.") + of.number;
  }

  /** How long a backup waits for the next advertisement of a master with this interval. */
  long masterDownMillis(int masterIntervalMillis) {
    long skew =
        version == Version.V2
            ? (256 - priority) * 1000L / 256
            : (256 - priority) * (long) masterIntervalMillis / 256;
    return 3L * masterIntervalMillis + skew;
  }
}

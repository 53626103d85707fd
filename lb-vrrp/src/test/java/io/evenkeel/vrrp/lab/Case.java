package io.evenkeel.vrrp.lab;

import io.evenkeel.vrrp.protocol.Version;
import java.util.ArrayList;
import java.util.List;

/**
 * One place of the matrix.
 *
 * @param protocol version and address family
 * @param unicast or multicast
 * @param ours where ours is: {@link Host#HIGH} or {@link Host#LOW}
 * @param scenario what happens
 */
record Case(Protocol protocol, boolean unicast, Host ours, Scenario scenario) {

  /** Version and address family. */
  enum Protocol {
    V2_IPV4(Version.V2, false, 1000),
    V3_IPV4(Version.V3, false, 200),
    V3_IPV6(Version.V3, true, 200);

    final Version version;
    final boolean ipv6;
    final int intervalMillis;

    Protocol(Version version, boolean ipv6, int intervalMillis) {
      this.version = version;
      this.ipv6 = ipv6;
      this.intervalMillis = intervalMillis;
    }

    @Override
    public String toString() {
      return "v" + version.number() + (ipv6 ? " IPv6" : " IPv4");
    }
  }

  /** The whole matrix. */
  static List<Case> all() {
    List<Case> all = new ArrayList<>();
    for (Scenario scenario : Scenario.values()) {
      for (Protocol protocol : Protocol.values()) {
        if (scenario.isOf(protocol.version)) {
          for (boolean unicast : new boolean[] {false, true}) {
            all.add(new Case(protocol, unicast, Host.HIGH, scenario));
            all.add(new Case(protocol, unicast, Host.LOW, scenario));
          }
        }
      }
    }
    return all;
  }

  /** The same with keepalived on both sides, wherever ours is. */
  Case baseline() {
    return new Case(protocol, unicast, Host.HIGH, scenario);
  }

  Settings settings(Host host) {
    return new Settings(
        host,
        protocol.version,
        protocol.ipv6,
        unicast,
        host == Host.HIGH ? 150 : 100,
        protocol.intervalMillis,
        true,
        0,
        "",
        "");
  }

  /** As a user names it. */
  String setting() {
    return protocol + " " + (unicast ? "unicast" : "multicast") + " " + scenario;
  }

  @Override
  public String toString() {
    return setting() + ", ours " + (ours == Host.HIGH ? "higher" : "lower");
  }
}

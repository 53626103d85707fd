package io.evenkeel.kernel.lab;

import java.io.IOException;
import java.util.List;

/** Counts packets from the virtual addresses that come to a host, by the way that they come. */
final class LabCounter {
  private static final List<String> PROGRAMS = List.of("iptables-legacy", "ip6tables-legacy");

  private final LabHost host;
  private final List<String> sources;

  /** At a host, of what comes from an IPv4 and an IPv6 address. */
  LabCounter(LabHost host, String ipv4, String ipv6) {
    this.host = host;
    this.sources = List.of(ipv4, ipv6);
  }

  /** Counts what matches, as iptables(8) says it, under a name. */
  void add(LabHost name, String match) throws IOException {
    for (int i = 0; i < PROGRAMS.size(); i++) {
      host.run(
          PROGRAMS.get(i)
              + (" -t mangle -A PREROUTING -s " + sources.get(i) + " " + match)
              + (" -m comment --comment from-" + name));
    }
  }

  /** How many have come since the last reset. */
  long from(LabHost name, LabFlow flow) throws IOException {
    return host.run(flow.iptables() + " -t mangle -vnxL PREROUTING")
        .lines()
        .filter(line -> line.contains("/* from-" + name + " */"))
        .mapToLong(line -> Long.parseLong(line.strip().split(" +", 2)[0]))
        .sum();
  }

  void reset() throws IOException {
    for (String program : PROGRAMS) {
      host.run(program + " -t mangle -Z");
    }
  }
}

package io.evenkeel.kernel.doctor;

import io.evenkeel.kernel.net.Address;
import io.evenkeel.kernel.net.Link;
import io.evenkeel.kernel.net.Route;
import io.evenkeel.kernel.net.Sysctl;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What a real server lacks. Pure. */
final class RealServerJudgement {
  private static final String IPIP = "ipip";
  private static final String IP6TNL = "ip6tnl";

  /** The device that receives from anywhere, and comes with the module. */
  private static final String TUNNEL = "tunl0";

  private final Facts facts;
  private final Plan plan;
  private final List<Finding> findings;

  RealServerJudgement(Facts facts, Plan plan, List<Finding> findings) {
    this.facts = facts;
    this.plan = plan;
    this.findings = findings;
  }

  void judge() {
    if (plan.uses().contains(Use.NAT)) {
      families(this::defaultRoute);
    }
    if (plan.uses().contains(Use.DR)) {
      families(isV6 -> virtualAddress(Use.DR, isV6, "lo"));
      silence(Use.DR);
    }
    if (plan.uses().contains(Use.TUN)) {
      families(isV6 -> tunnel(isV6 ? IP6TNL : IPIP, tunnelDevice(isV6)));
      if (isV4Wanted()) {
        reversePath();
      }
      // Where it is for direct routing it serves for tunnels, too.
      if (!plan.uses().contains(Use.DR)) {
        families(isV6 -> virtualAddress(Use.TUN, isV6, tunnelDevice(isV6)));
        silence(Use.TUN);
      }
    }
    if (plan.uses().contains(Use.MARKS)) {
      findings.add(Judgement.ok(Use.MARKS, "nothing that a real server needs"));
    }
  }

  /** IPv4 first, and of IPv4 and IPv6 those that are wanted. */
  private void families(Consumer<Boolean> judgement) {
    if (isV4Wanted()) {
      judgement.accept(false);
    }
    if (plan.ipv6() || plan.vip() instanceof Inet6Address) {
      judgement.accept(true);
    }
  }

  private boolean isV4Wanted() {
    return !(plan.vip() instanceof Inet6Address);
  }

  private static String tunnelDevice(boolean isV6) {
    return isV6 ? "ip6tnl0" : "tunl0";
  }

  private void defaultRoute(boolean isV6) {
    List<Route> routes =
        facts.routes().stream()
            .filter(route -> route.prefix() == 0 && route.table() == Route.MAIN)
            .filter(route -> route.type() == Route.Type.UNICAST && route.via() != null)
            .filter(route -> route.destination() instanceof Inet6Address == isV6)
            .toList();
    String family = isV6 ? "IPv6" : "IPv4";
    List<String> mend = List.of("ip" + (isV6 ? " -6" : "") + " route replace default via DIRECTOR");
    if (routes.isEmpty()) {
      findings.add(
          Judgement.missing(
              Use.NAT,
              "default route of " + family + ": none (expected: through the director)",
              mend));
    } else {
      // Who the director is only its administrator knows.
      findings.add(
          Judgement.unseen(
              Use.NAT,
              "default route of " + family + " has to be through the director: " + routes.get(0),
              mend));
    }
  }

  /** It must be where this host does not tell the link of it. */
  private void virtualAddress(Use use, boolean isV6, String device) {
    InetAddress given = plan.vip();
    // Of the other family any will do.
    InetAddress vip = given instanceof Inet6Address == isV6 ? given : null;
    List<Address> held =
        facts.addresses().stream()
            .filter(
                address -> vip == null ? isCandidate(address, isV6) : address.address().equals(vip))
            .toList();
    List<Address> loud = held.stream().filter(address -> isEthernet(address.device())).toList();
    String wanted =
        vip == null ? (isV6 ? "VIP/128" : "VIP/32") : Address.virtual(vip, device).cidr();
    String add = "ip addr add " + wanted + " dev " + device;
    if (!loud.isEmpty()) {
      Address wrong = loud.get(0);
      findings.add(
          Judgement.missing(
              use,
              "virtual address: " + wrong + " (expected: on " + device + ")",
              List.of("ip addr del " + wrong.cidr() + " dev " + wrong.device(), add)));
    } else if (held.isEmpty()) {
      findings.add(
          Judgement.missing(
              use,
              "virtual address " + wanted + ": none (expected: on " + device + ")",
              List.of(add)));
    } else {
      findings.add(Judgement.ok(use, "virtual address: " + held.get(0)));
    }
  }

  /** An address of itself alone, on a device that no neighbour sees. */
  private boolean isCandidate(Address address, boolean isV6) {
    InetAddress value = address.address();
    return value instanceof Inet6Address == isV6
        && address.prefix() == 8 * value.getAddress().length
        && !value.isLoopbackAddress()
        && !isEthernet(address.device());
  }

  private boolean isEthernet(String device) {
    return facts.links().stream()
        .anyMatch(
            link ->
                link.name().equals(device) && link.mac() != null && !link.kind().equals("dummy"));
  }

  /** Nobody may hear of the virtual address by ARP. Of IPv6 a device tells of its own alone. */
  private void silence(Use use) {
    if (isV4Wanted()) {
      arp(use, Sysctl.ARP_IGNORE, 1, 2);
      arp(use, Sysctl.ARP_ANNOUNCE, 2, 2);
    }
  }

  private void arp(Use use, Sysctl sysctl, int least, int most) {
    int all = value(sysctl, Sysctl.ALL);
    List<String> tooHigh = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    if (all > most) {
      tooHigh.add(Sysctl.ALL);
    }
    for (Link link : ethernet()) {
      int own = value(sysctl, link.name());
      int counts = Math.max(all, own);
      if (counts < least || counts > most) {
        wrong.add(sysctl.name(link.name()) + ": " + counts);
      }
      if (own > most) {
        tooHigh.add(link.name());
      }
    }
    String expected = least == most ? "" + least : least + ".." + most;
    if (wrong.isEmpty()) {
      findings.add(
          Judgement.ok(use, sysctl.name(Sysctl.ALL) + ": " + all + ", enough for each device"));
    } else {
      List<String> names = new ArrayList<>(tooHigh);
      if (!names.contains(Sysctl.ALL) && all < least) {
        names.add(0, Sysctl.ALL);
      }
      String settings =
          names.stream()
              .map(device -> sysctl.name(device) + "=" + least)
              .collect(Collectors.joining(" "));
      findings.add(
          Judgement.missing(
              use,
              wrong.get(0) + ", with that of all (expected: " + expected + ")",
              List.of("sysctl -w " + settings)));
    }
  }

  private void tunnel(String kind, String name) {
    List<Link> tunnels = facts.links().stream().filter(link -> link.kind().equals(kind)).toList();
    List<Link> up = tunnels.stream().filter(Link::up).toList();
    if (!up.isEmpty()) {
      findings.add(Judgement.ok(Use.TUN, "tunnel of type " + kind + ": " + up.get(0).name()));
    } else if (tunnels.isEmpty()) {
      // With the module comes the device that receives from anywhere.
      findings.add(
          Judgement.missing(
              Use.TUN,
              "tunnel of type " + kind + ": none (expected: one that receives from anywhere)",
              List.of(
                  "modprobe " + (kind.equals(IPIP) ? "ipip" : "ip6_tunnel"),
                  "ip link set " + name + " up")));
    } else {
      findings.add(
          Judgement.missing(
              Use.TUN,
              "tunnel of type " + kind + ": " + tunnels.get(0) + " (expected: up)",
              List.of("ip link set " + tunnels.get(0).name() + " up")));
    }
  }

  /** What comes out of the tunnel is from clients, and the way to them is another. */
  private void reversePath() {
    List<Link> tunnels = facts.links().stream().filter(link -> link.kind().equals(IPIP)).toList();
    List<Link> up = tunnels.stream().filter(Link::up).toList();
    if (tunnels.isEmpty()) {
      // It begins with what is the default when it is made.
      reversePath(TUNNEL, Sysctl.DEFAULT);
    } else if (up.isEmpty()) {
      reversePath(tunnels.get(0).name(), tunnels.get(0).name());
    } else {
      up.forEach(link -> reversePath(link.name(), link.name()));
    }
  }

  private void reversePath(String device, String source) {
    String name = Sysctl.RP_FILTER.name(device);
    int counts = Math.max(value(Sysctl.RP_FILTER, Sysctl.ALL), value(Sysctl.RP_FILTER, source));
    if (counts == 1) {
      // The larger of the two counts: 2 on the device outdoes 1 of all.
      findings.add(
          Judgement.missing(
              Use.TUN,
              name + ": 1, with that of all (expected: 0 or 2)",
              List.of("sysctl -w " + name + "=2")));
    } else {
      findings.add(Judgement.ok(Use.TUN, name + ": " + counts + ", with that of all"));
    }
  }

  private List<Link> ethernet() {
    return facts.links().stream().filter(link -> link.up() && isEthernet(link.name())).toList();
  }

  private int value(Sysctl sysctl, String device) {
    return facts.sysctls().getOrDefault(new Facts.Key(sysctl, device), 0);
  }
}

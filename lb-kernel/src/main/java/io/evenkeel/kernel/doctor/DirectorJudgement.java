package io.evenkeel.kernel.doctor;

import io.evenkeel.kernel.net.Link;
import io.evenkeel.kernel.net.Sysctl;
import java.util.ArrayList;
import java.util.List;

/** What a director lacks. Pure. */
final class DirectorJudgement {
  private final Facts facts;
  private final Plan plan;
  private final List<Finding> findings;

  DirectorJudgement(Facts facts, Plan plan, List<Finding> findings) {
    this.facts = facts;
    this.plan = plan;
    this.findings = findings;
  }

  void judge() {
    ipvs();
    capability("CAP_NET_ADMIN", facts.netAdmin(), "to change the network and IPVS");
    capability("CAP_NET_RAW", facts.netRaw(), "to announce addresses");
    if (plan.uses().contains(Use.NAT)) {
      forwarding(Sysctl.IPV4_FORWARDING);
      if (plan.ipv6()) {
        forwarding(Sysctl.IPV6_FORWARDING);
      }
      sourceNat();
    }
    if (plan.uses().contains(Use.DR)) {
      redirects();
    }
    if (plan.uses().contains(Use.MARKS)) {
      marks();
    }
  }

  private void ipvs() {
    String cause = facts.ipvsCause();
    if (cause == null) {
      findings.add(Judgement.ok("ipvs", "in this kernel, and usable"));
    } else {
      // Loaded but not usable is a matter of this process, which no command to the kernel mends.
      findings.add(
          Judgement.missing(
              "ipvs", cause, facts.ipvsLoaded() ? List.of() : List.of("modprobe ip_vs")));
    }
  }

  private void capability(String name, boolean isThere, String purpose) {
    if (isThere) {
      findings.add(Judgement.ok("process", name + ", " + purpose));
    } else {
      findings.add(
          Judgement.missing(
              "process",
              "%s: not held (expected: held, %s)".formatted(name, purpose),
              List.of("systemd-run --pty -p AmbientCapabilities=" + name + " COMMAND")));
    }
  }

  private void forwarding(Sysctl sysctl) {
    Integer value = facts.sysctls().get(new Facts.Key(sysctl, Sysctl.ALL));
    String name = sysctl.name(Sysctl.ALL);
    if (value == null) {
      findings.add(
          Judgement.missing(Use.NAT, name + ": not in this kernel (expected: 1)", List.of()));
    } else if (value == 1) {
      findings.add(Judgement.ok(Use.NAT, name + ": 1"));
    } else {
      findings.add(
          Judgement.missing(
              Use.NAT,
              name + ": " + value + " (expected: 1)",
              List.of("sysctl -w " + name + "=1")));
    }
  }

  private void sourceNat() {
    List<String> rules = new ArrayList<>();
    rules.add(
        "iptables -t nat -A POSTROUTING -s REAL_NETWORK -o OUTSIDE_DEVICE"
            + " -j SNAT --to-source VIP");
    if (plan.ipv6()) {
      rules.add(
          "ip6tables -t nat -A POSTROUTING -s REAL_NETWORK -o OUTSIDE_DEVICE"
              + " -j SNAT --to-source VIP");
    }
    findings.add(
        Judgement.unseen(
            Use.NAT, "what real servers begin themselves needs a rule of netfilter", rules));
  }

  private void redirects() {
    List<String> wrong = new ArrayList<>();
    List<String> devices = new ArrayList<>(List.of(Sysctl.ALL));
    facts.links().stream()
        .filter(Link::up)
        .filter(l -> l.mac() != null)
        .map(Link::name)
        .forEach(devices::add);
    for (String device : devices) {
      Integer value = facts.sysctls().get(new Facts.Key(Sysctl.SEND_REDIRECTS, device));
      if (value != null && value != 0) {
        wrong.add(Sysctl.SEND_REDIRECTS.name(device));
      }
    }
    if (wrong.isEmpty()) {
      findings.add(Judgement.ok(Use.DR, "send_redirects: 0 of all devices"));
    } else {
      findings.add(
          Judgement.missing(
              Use.DR,
              wrong.get(0) + ": 1 (expected: 0, of all and of each device)",
              List.of("sysctl -w " + String.join("=0 ", wrong) + "=0")));
    }
  }

  private void marks() {
    List<String> rules = new ArrayList<>();
    String rule =
        " -t mangle -A PREROUTING -d VIP -p tcp -m multiport --dports 80,443 -j MARK --set-mark 1";
    rules.add("iptables" + rule);
    if (plan.ipv6()) {
      rules.add("ip6tables" + rule);
    }
    findings.add(
        Judgement.unseen(Use.MARKS, "packets get their mark by a rule of netfilter", rules));
  }
}

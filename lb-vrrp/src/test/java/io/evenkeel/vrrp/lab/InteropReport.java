package io.evenkeel.vrrp.lab;

import io.evenkeel.vrrp.lab.InteropLab.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code docs/vrrp-interop.md} says. */
final class InteropReport {
  private InteropReport() {}

  /** A line for each setting, with ours on either side. */
  static String of(List<Verdict> verdicts, String keepalived) {
    Map<String, List<Verdict>> lines = new LinkedHashMap<>();
    for (Verdict verdict : verdicts) {
      lines.computeIfAbsent(verdict.what().setting(), key -> new ArrayList<>()).add(verdict);
    }
    StringBuilder text =
        new StringBuilder(
            """
            # VRRP beside keepalived

            Written by `dev/lab vrrp all`, which runs it again. Two routers and a third host on a bridge, each in a network namespace. The third asks every 10 ms by ARP, or by neighbour solicitation, who has the virtual address. Each scenario is played five times with %s on both sides, and with ours in the place of the one of higher priority ("higher"), and of the other ("lower"). Intervals are 1 s in version 2 and 200 ms in version 3. The JVM of ours is started ahead.

            *Owner* is who answers in the end. *None* is the time, in ms, in which nobody answered once somebody had, *two* that in which both did, each without what is still so in the end: of keepalived the longest of five runs, of ours that of one run. A case is good if the owner is the same, and neither time is longer than keepalived's by more than two samples, 20 ms. Where it is not, it is played again, at most six times in all: a delay that is ours comes each time, one of the machine does not, so one run in time is enough. Of six runs a single one may end with another owner, or not get to its end ("failed"), for a machine that stands still does that too; the table then says in how many runs who was the owner. All runs of ours are in the table; one with two of keepalived that does not get to its end is tried again. `dev/lab vrrp` plays a part of it in which every two values of two columns meet.

            | scenario | what happens |
            |---|---|
            """
                .formatted(keepalived));
    for (Scenario scenario : Scenario.values()) {
      text.append("| %s | %s |%n".formatted(scenario, scenario.text));
    }
    text.append(
        """

        | protocol, destination, scenario | owner: keepalived | higher | lower | none: keepalived | higher | lower | two: keepalived | higher | lower | good |
        |---|---|---|---|---|---|---|---|---|---|---|
        """);
    lines.forEach(
        (setting, both) -> {
          Verdict higher = side(both, Host.HIGH);
          Verdict lower = side(both, Host.LOW);
          text.append(
              "| %s | %s | %s | %s | %d | %s | %s | %d | %s | %s | %s |%n"
                  .formatted(
                      setting,
                      String.join(" or ", higher.expectedLast()),
                      higher.last(),
                      lower.last(),
                      higher.longest(Outcome::none).toMillis(),
                      higher.times(Outcome::none),
                      lower.times(Outcome::none),
                      higher.longest(Outcome::two).toMillis(),
                      higher.times(Outcome::two),
                      lower.times(Outcome::two),
                      higher.isGood() && lower.isGood() ? "yes" : "**no**"));
        });
    long good = verdicts.stream().filter(Verdict::isGood).count();
    return text.append("\n%d of %d cases are good.\n".formatted(good, verdicts.size()))
        .append(
            """

            Version 3 on IPv4 has keepalived's checksum here, with the pseudo-header. Where intervals differ in version 2, each drops what the other says, and both stay master; keepalived then falls silent, since whatever it drops starts its timer again.

            By other commands of the same lab: `dev/lab vrrp failover`, how soon each takes over from the other, at 1 s, 100 ms and 10 ms; `dev/lab vrrp flood`, 50 000 packets a second of another virtual router, and every byte of an advertisement damaged; `dev/lab vrrp calm`, whether a master on a busy processor keeps its backup waiting in vain for ten minutes.
            """)
        .toString();
  }

  private static Verdict side(List<Verdict> both, Host host) {
    return both.stream().filter(one -> one.what().ours() == host).findFirst().orElseThrow();
  }
}

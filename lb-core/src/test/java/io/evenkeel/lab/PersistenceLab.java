package io.evenkeel.lab;

import static io.evenkeel.model.Protocol.TCP;
import static io.evenkeel.model.Protocol.UDP;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** Persistent services of every kind, side by side, for as long as a template's life takes. */
final class PersistenceLab {
  /** How many flows each, at least. */
  static final int FLOWS = 600;

  /** Until a template that was re-armed after its timeout has expired, with a margin. */
  private static final long LONG_ENOUGH_NANOS = 92_000_000_000L;

  private static final int BURSTS_OF_ONE_SETTING = 12;
  private static final int MARK = 1;

  /**
   * Timeouts are longer than a reset connection is kept where there is nothing else, so that some
   * templates expire at the first time.
   */
  private static final List<PersistentKind> KINDS =
      List.of(
          new PersistentKind(
              "persistence-per-client",
              "-t 10.5.0.1:80",
              "0A050001:0050",
              "wlc",
              List.of("10.5.0.1"),
              List.of(80),
              List.of(TCP),
              "TCP 10.5.0.1 80",
              80,
              32,
              12,
              true),
          // Of the same address: all other ports.
          new PersistentKind(
              "persistence-per-port-0",
              "-t 10.5.0.1:0",
              "0A050001:0000",
              "rr",
              List.of("10.5.0.1"),
              List.of(81, 82),
              List.of(TCP),
              "TCP 10.5.0.1 0",
              0,
              32,
              12,
              true),
          new PersistentKind(
              "persistence-per-network",
              "-u 10.5.0.2:80",
              "0A050002:0050",
              "wrr",
              List.of("10.5.0.2"),
              List.of(80),
              List.of(UDP),
              "UDP 10.5.0.2 80",
              80,
              24,
              3,
              false),
          new PersistentKind(
              "persistence-per-mark",
              "-f " + MARK,
              "00000001",
              "sed",
              List.of("10.5.1.1", "10.5.1.2", "10.5.1.3"),
              LabServer.PORTS,
              List.of(TCP, UDP, UDP, UDP),
              "IP 0.0.0." + MARK + " 0",
              0,
              32,
              4,
              true),
          new PersistentKind(
              "persistence-per-network/ipv6",
              "-t [fd05::1]:80",
              "[fd05:0000:0000:0000:0000:0000:0000:0001]:0050",
              "lc",
              List.of("fd05:0:0:0:0:0:0:1"),
              List.of(80),
              List.of(TCP),
              "TCP fd05:0:0:0:0:0:0:1 80",
              80,
              64,
              12,
              false));

  private final LabDirector director;
  private final SplittableRandom random;
  private final List<PersistentService> services = new ArrayList<>();

  PersistenceLab(LabDirector director, long seed, Predicate<String> chosen) throws IOException {
    this.director = director;
    this.random = new SplittableRandom(seed);
    director.run("ipvsadm --set 0 0 " + PersistentService.UDP_SECONDS);
    director.run(
        "iptables-legacy -t mangle -A PREROUTING -d 10.5.1.0/24 -j MARK --set-mark " + MARK);
    for (PersistentKind kind : KINDS) {
      if (chosen.test(kind.name())) {
        services.add(new PersistentService(director, services.size(), kind, seed));
      }
    }
  }

  static List<String> names() {
    return KINDS.stream().map(PersistentKind::name).toList();
  }

  List<String> results() {
    return services.stream().map(PersistentService::result).toList();
  }

  boolean failed() {
    return services.stream().anyMatch(PersistentService::failed);
  }

  void run() throws IOException, InterruptedException {
    long start = System.nanoTime();
    boolean expireQuiescent = false;
    for (int burst = 1;
        !failed()
            && !services.isEmpty()
            && (System.nanoTime() - start < LONG_ENOUGH_NANOS
                || services.stream().anyMatch(s -> s.flows() < FLOWS));
        burst++) {
      if (burst % BURSTS_OF_ONE_SETTING == 0) {
        expireQuiescent = !expireQuiescent;
        director.run(
            "echo "
                + (expireQuiescent ? 1 : 0)
                + " >/proc/sys/net/ipv4/vs/expire_quiescent_template");
        for (PersistentService service : services) {
          service.expireQuiescent(expireQuiescent);
        }
      }
      for (PersistentService service : services) {
        service.burst();
      }
      Thread.sleep(random.nextInt(100, 500));
    }
    if (!failed()) {
      services.forEach(PersistentService::requireAll);
    }
  }
}

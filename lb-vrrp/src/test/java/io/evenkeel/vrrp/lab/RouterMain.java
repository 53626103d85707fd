package io.evenkeel.vrrp.lab;

import io.evenkeel.vrrp.Lease;
import io.evenkeel.vrrp.LeaseStore;
import io.evenkeel.vrrp.VirtualRouter;
import io.evenkeel.vrrp.VrrpEvent;
import io.evenkeel.vrrp.protocol.Preemption;
import io.evenkeel.vrrp.protocol.Version;
import io.evenkeel.vrrp.witness.WitnessStore;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * One of our routers in a process of its own. It says {@link #READY} once it has loaded what takes
 * long, reads {@link #line its settings}, starts, and prints each phase that it enters; then it
 * reads {@link #PRIORITY} and {@link #STOP}. With the argument {@link Garbage#MAKE} it is busy, and
 * with {@link #WITNESS} an address and a port it becomes master by a lease alone.
 */
final class RouterMain {
  static final String READY = "ready";
  static final String PHASE = "phase ";
  static final String PRIORITY = "priority ";
  static final String STOP = "stop";
  static final String WITNESS = "witness ";

  /** Of a lease, and of a gate's call. */
  static final Duration LEASE = Duration.ofSeconds(5);

  static final Duration GATE_TIMEOUT = Duration.ofSeconds(2);

  private RouterMain() {}

  /** Until its standard input ends, or it is told to stop. */
  public static void main(String[] arguments) throws Exception {
    // What a router needs is loaded when the first is made.
    try (VirtualRouter first =
        VirtualRouter.builder("first")
            .device(Segment.DEVICE)
            .vrid(Settings.VRID + 1)
            .virtualAddress("192.0.2.200/32")
            .build()) {
      first.start();
    }
    if (List.of(arguments).contains(Garbage.MAKE)) {
      Garbage.start();
    }
    System.out.println(READY);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String settings = input.readLine();
    if (settings == null) {
      return;
    }
    try (VirtualRouter router = router(settings(settings), List.of(arguments))) {
      router.start();
      for (String line = input.readLine();
          line != null && !line.equals(STOP);
          line = input.readLine()) {
        router.priority(Integer.parseInt(line.substring(PRIORITY.length())));
      }
    }
  }

  private static VirtualRouter router(Settings settings, List<String> arguments) {
    VirtualRouter.Builder builder =
        VirtualRouter.builder("web")
            .device(Segment.DEVICE)
            .vrid(Settings.VRID)
            .version(settings.version())
            .priority(settings.priority())
            .interval(Duration.ofMillis(settings.intervalMillis()))
            .source(settings.source())
            .preemption(settings.preempts() ? Preemption.ALLOWED : Preemption.FORBIDDEN)
            .preemptDelay(Duration.ofSeconds(settings.preemptDelaySeconds()))
            .listener(RouterMain::print);
    settings.virtualAddresses().forEach(builder::virtualAddress);
    if (settings.unicast()) {
      builder.peer(settings.peer());
    }
    switch (settings.authentication()) {
      case "PASS" -> builder.password(settings.secret());
      case "AH" -> builder.authenticationHeader(settings.secret());
      default -> {}
    }
    for (String argument : arguments) {
      if (argument.startsWith(WITNESS)) {
        String[] words = argument.substring(WITNESS.length()).split(" ", -1);
        InetSocketAddress witness = new InetSocketAddress(words[0], Integer.parseInt(words[1]));
        builder.gate(lease(store(witness), settings.host()), GATE_TIMEOUT);
      }
    }
    return builder.build();
  }

  static LeaseStore store(InetSocketAddress witness) {
    return new WitnessStore(witness, Duration.ofMillis(500));
  }

  static Lease lease(LeaseStore store, Host host) {
    return new Lease(store, "web", host.name(), LEASE);
  }

  private static void print(VrrpEvent event) {
    System.out.println(event);
    if (event.from() != null) {
      System.out.println(PHASE + event.to());
    }
  }

  /** Settings in one line. */
  static String line(Settings settings) {
    return String.join(
        " ",
        List.of(
            settings.host().name(),
            settings.version().name(),
            Boolean.toString(settings.ipv6()),
            Boolean.toString(settings.unicast()),
            Integer.toString(settings.priority()),
            Integer.toString(settings.intervalMillis()),
            Boolean.toString(settings.preempts()),
            Integer.toString(settings.preemptDelaySeconds()),
            settings.authentication(),
            settings.secret()));
  }

  private static Settings settings(String line) {
    String[] words = line.split(" ", -1);
    return new Settings(
        Host.valueOf(words[0]),
        Version.valueOf(words[1]),
        Boolean.parseBoolean(words[2]),
        Boolean.parseBoolean(words[3]),
        Integer.parseInt(words[4]),
        Integer.parseInt(words[5]),
        Boolean.parseBoolean(words[6]),
        Integer.parseInt(words[7]),
        words[8],
        words[9]);
  }
}

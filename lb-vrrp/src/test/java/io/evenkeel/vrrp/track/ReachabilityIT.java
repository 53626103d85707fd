package io.evenkeel.vrrp.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.kernel.net.Network;
import io.evenkeel.kernel.net.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real pings in namespaces, and real connections. */
@Tag("smoke")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReachabilityIT {
  /** A fault only where the machine keeps answers back for two seconds. */
  private static final ReachabilityRule RULE =
      ReachabilityRule.of(Duration.ofMillis(800), Duration.ofMillis(800), 3);

  private final String here = "ekg" + ProcessHandle.current().pid();
  private final String there = here + "t";
  private final Heard heard = new Heard();

  @Test
  void reachability_pingThroughACutWire_isLostInTimeAndComesBack() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root, to make namespaces");
    assumeTrue(
        new ProcessBuilder("unshare", "--net", "true").start().waitFor() == 0,
        "needs CAP_SYS_ADMIN, to make namespaces");
    try {
      ip("netns add " + here);
      ip("netns add " + there);
      ip("-n " + here + " link add ek0 type veth peer name ek0 netns " + there);
      ip("-n " + here + " addr add 10.9.0.1/24 dev ek0");
      ip("-n " + there + " addr add 10.9.0.2/24 dev ek0");
      ip("-n " + here + " link set ek0 up");
      ip("-n " + there + " link set ek0 up");
      ip("netns exec " + here + " sysctl -qw net.ipv4.ping_group_range=0");
      try (NetworkNamespace namespace = NetworkNamespace.enter(here);
          Network network = Network.open(namespace)) {
        InetAddress target = InetAddress.getByName("10.9.0.2");
        Probe ping = Probe.ping(target);
        Reachability gate =
            Reachability.of(
                "gateway",
                List.of(
                    Probe.named("gateway", () -> in(namespace, ping)),
                    Probe.neighbour(network, target, "ek0"),
                    Probe.condition("no", () -> false)),
                RULE);
        AutoCloseable watching = gate.watch(heard);
        try {
          assertTrue(gate.initial().isFault());
          // The first rounds may come before the kernel knows of the wire.
          while (heard.rest().stream().noneMatch(c -> !c.isFault())) {
            Thread.sleep(10);
          }
          long cut = System.nanoTime();
          ip("-n " + there + " link set ek0 down");
          String reason = heard.next("fault");
          Duration lost = Duration.ofNanos(System.nanoTime() - cut);

          assertTrue(reason.startsWith("reachability gateway: "), reason);
          assertTrue(
              reason.contains("gateway: ") || reason.contains("neighbour 10.9.0.2 on ek0: "),
              reason);
          // The machine may be late.
          assertTrue(lost.compareTo(gate.loseTime().plusSeconds(10)) < 0, lost.toString());
          ip("-n " + there + " link set ek0 up");
          heard.next("0");
        } finally {
          watching.close();
        }
      }
    } finally {
      for (String name : List.of(here, there)) {
        new ProcessBuilder("ip", "netns", "del", name).start().waitFor();
      }
    }
  }

  /** Nothing that a probe does ends the rounds: the gate would stay as it was for ever. */
  @Test
  void reachability_probeMisbehaves_isANoAndItGoesOn() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Probe odd =
        () ->
            switch (asked.getAndIncrement()) {
              case 1 -> null;
              case 3 -> new Defective();
              case 5 -> throw new NoClassDefFoundError("of the test");
              default -> CompletableFuture.completedFuture(true);
            };
    Duration often = Duration.ofMillis(50);
    Reachability gate = Reachability.of("odd", List.of(odd), ReachabilityRule.of(often, often, 1));
    AutoCloseable watching = gate.watch(heard);
    try {
      for (int i = 0; i < 3; i++) {
        heard.next("0");
        heard.next("fault");
      }
      heard.next("0");
    } finally {
      watching.close();
    }
  }

  /** Who asks for its end learns what is missing. */
  private static final class Defective extends CompletableFuture<Boolean> {
    @Override
    public CompletableFuture<Boolean> whenComplete(
        BiConsumer<? super Boolean, ? super Throwable> action) {
      throw new NoSuchMethodError("of the test");
    }
  }

  @Test
  void reachability_oneProbeHangs_theOthersDecideAndItIsNotAskedAgain() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(5);
    AtomicInteger hung = new AtomicInteger();
    Reachability gate =
        Reachability.of(
            "some",
            List.of(
                Probe.condition(
                    "hangs",
                    () -> {
                      hung.incrementAndGet();
                      awaitQuietly(held);
                      return true;
                    }),
                Probe.condition(
                    "yes",
                    () -> {
                      asked.countDown();
                      return true;
                    }),
                Probe.condition("also", () -> true)),
            RULE);
    AutoCloseable watching = gate.watch(heard);
    try {
      heard.next("0");
      assertTrue(asked.await(60, TimeUnit.SECONDS));
      assertEquals(1, hung.get());
      assertEquals(List.of(), heard.rest());
    } finally {
      watching.close();
      held.countDown();
    }
  }

  @Test
  void tcp_port_isReachableWhileSomebodyListens() throws Exception {
    Probe probe;
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      probe = Probe.tcp((InetSocketAddress) server.getLocalSocketAddress());
      assertEquals("tcp 127.0.0.1:" + server.getLocalPort(), probe.toString());
      assertTrue(probe.probe().get(30, TimeUnit.SECONDS));
    }
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> probe.probe().get(30, TimeUnit.SECONDS));
    assertTrue(e.getCause().toString().contains("refused"), e.toString());
  }

  private static CompletableFuture<Boolean> in(NetworkNamespace namespace, Probe probe) {
    try {
      return namespace.call(probe::probe);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void ip(String command) throws Exception {
    Process process =
        new ProcessBuilder(("ip " + command).split(" ", -1)).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), command + ": " + output);
  }
}

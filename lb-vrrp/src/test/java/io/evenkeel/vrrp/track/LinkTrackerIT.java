package io.evenkeel.vrrp.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.kernel.net.Network;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A link in a namespace, as the kernel tells of it. */
@Tag("smoke")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LinkTrackerIT {
  private final String here = "ekl" + ProcessHandle.current().pid();
  private final String there = here + "t";
  private final Heard heard = new Heard();

  @BeforeEach
  void makeNamespaces() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root, to make namespaces");
    assumeTrue(
        new ProcessBuilder("unshare", "--net", "true").start().waitFor() == 0,
        "needs CAP_SYS_ADMIN, to make namespaces");
    ip("netns add " + here);
    ip("netns add " + there);
  }

  @AfterEach
  void removeNamespaces() throws Exception {
    for (String name : List.of(here, there)) {
      new ProcessBuilder("ip", "netns", "del", name).start().waitFor();
    }
  }

  private void wire() throws Exception {
    ip("-n " + here + " link add ek0 type veth peer name ek0 netns " + there);
    ip("-n " + there + " link set ek0 up");
  }

  @Test
  void link_anyChange_isHeardOf() throws Exception {
    try (Network network = Network.open(here)) {
      AutoCloseable watching = Trackers.link(network, "ek0").watch(heard);
      assertEquals("link ek0: no such link", heard.next("fault"));

      wire();
      ip("-n " + here + " link set ek0 up");
      assertEquals("link ek0 (running)", heard.next("0"));
      // Cut at the other end.
      ip("-n " + there + " link set ek0 down");
      heard.next("fault");
      ip("-n " + there + " link set ek0 up");
      heard.next("0");
      ip("-n " + here + " link set ek0 down");
      heard.next("fault");
      ip("-n " + here + " link set ek0 up");
      heard.next("0");
      ip("-n " + here + " link set ek0 name ek9");
      heard.next("fault");
      ip("-n " + here + " link set ek9 name ek0");
      heard.next("0");
      ip("-n " + here + " link del ek0");
      heard.next("fault");
      watching.close();
      assertEquals(List.of(), heard.rest());
    }
  }

  @Test
  void link_thatIsUp_isKnownAtOnceAndHeardOfByOneThread() throws Exception {
    wire();
    ip("-n " + here + " link set lo up");
    ip("-n " + here + " link set ek0 up");
    try (Network network = Network.open(here)) {
      Heard before = new Heard();
      AutoCloseable waiting = Trackers.link(network, "ek0").watch(before);
      while (!before.rest().stream().anyMatch(c -> !c.isFault())) {
        Thread.sleep(10);
      }

      Heard lo = new Heard();
      Heard weighted = new Heard();
      AutoCloseable second = Trackers.link(network, "lo").watch(lo);
      AutoCloseable third =
          Trackers.link(network, "ek0").weighted(Weighting.of(30)).watch(weighted);

      // Before watch has returned.
      assertEquals("[0]", lo.rest().stream().map(Heard::text).toList().toString());
      assertEquals("[30]", weighted.rest().stream().map(Heard::text).toList().toString());
      // One of an earlier test may still be ending.
      await("one thread for all", () -> watchers() == 1);
      waiting.close();
      second.close();
      ip("-n " + here + " link set ek0 down");
      weighted.next("0");
      third.close();
      await("no thread left", () -> watchers() == 0);
    }
  }

  private static void await(String what, BooleanSupplier isSo) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!isSo.getAsBoolean()) {
      assertTrue(System.nanoTime() - end < 0, () -> "not within 30 s: " + what);
      Thread.sleep(10);
    }
  }

  private static long watchers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("evenkeel-network-watch"))
        .count();
  }

  private static void ip(String command) throws Exception {
    Process process =
        new ProcessBuilder(("ip " + command).split(" ", -1)).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), command + ": " + output);
  }
}

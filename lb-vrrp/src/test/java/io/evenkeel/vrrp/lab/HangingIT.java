package io.evenkeel.vrrp.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.hook.Command;
import io.evenkeel.vrrp.Fence;
import io.evenkeel.vrrp.NotifyScript;
import io.evenkeel.vrrp.VirtualRouter;
import io.evenkeel.vrrp.protocol.Phase;
import io.evenkeel.vrrp.protocol.Version;
import io.evenkeel.vrrp.track.ScriptRule;
import io.evenkeel.vrrp.track.Trackers;
import io.evenkeel.vrrp.track.Weighting;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What others wrote hangs for a minute, and no advertisement is late for it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HangingIT {
  private static final Duration MINUTE = Duration.ofSeconds(60);
  private static final List<String> HANGING = List.of("notify", "track", "fence");

  @TempDir Path folder;
  private final List<AutoCloseable> closing = new ArrayList<>();
  private Segment segment;

  @BeforeEach
  void makeSegment() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root, to make namespaces");
    segment = new Segment();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (String name : HANGING) {
      if (hangs(name)) {
        long pid = Long.parseLong(Files.readString(folder.resolve(name)).strip());
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
    for (AutoCloseable each : closing) {
      each.close();
    }
    if (segment != null) {
      segment.close();
    }
  }

  private VirtualRouter.Builder builder(Host host, int vrid, int priority) {
    return VirtualRouter.builder(host + "-" + vrid)
        .namespace(segment.name(host))
        .device(Segment.DEVICE)
        .vrid(vrid)
        .version(Version.V3)
        // A stall of this process that is shorter than three of these moves no address.
        .interval(Duration.ofMillis(500))
        .priority(priority)
        .virtualAddress("192.0.2." + (vrid + 50) + "/24");
  }

  private VirtualRouter started(VirtualRouter.Builder builder) throws IOException {
    VirtualRouter router = builder.build();
    closing.add(router);
    router.start();
    return router;
  }

  /** Succeeds as long as a file is not there, and then hangs. */
  private Command hanging(String name, Path unless) {
    return Command.of(
            "sh",
            "-c",
            "test -e %s || exit 0; echo $$ > %s; exec sleep 60"
                .formatted(unless, folder.resolve(name)))
        .timeout(MINUTE);
  }

  private boolean hangs(String name) {
    try {
      Path file = folder.resolve(name);
      return Files.exists(file) && Files.readString(file).endsWith("\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(String what, BooleanSupplier isSo) throws InterruptedException {
    long start = System.nanoTime();
    while (!isSo.getAsBoolean()) {
      assertTrue(System.nanoTime() - start < 20_000_000_000L, () -> "not within 20 s: " + what);
      Thread.sleep(5);
    }
  }

  @Test
  void advertisements_scriptsAndAFenceHang_goOn() throws Exception {
    Path trigger = folder.resolve("trigger");
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    List<Phase> taken = new CopyOnWriteArrayList<>();
    VirtualRouter high =
        started(
            builder(Host.HIGH, 51, 100)
                .meterRegistry(registry)
                .listener(NotifyScript.instance().onMaster(hanging("notify", folder)))
                .listenerTimeout(MINUTE)
                .track(
                    Trackers.script(
                            "hangs",
                            hanging("track", trigger),
                            ScriptRule.every(Duration.ofMillis(50)))
                        .weighted(Weighting.of(-10))));
    await("a master", () -> high.status().phase() == Phase.MASTER);
    VirtualRouter low = started(builder(Host.LOW, 51, 50).listener(event -> taken.add(event.to())));
    VirtualRouter gated =
        started(
            builder(Host.HIGH, 52, 100)
                .gate(Fence.command(hanging("fence", folder), Duration.ZERO), MINUTE));
    Files.createFile(trigger);
    await("all hang", () -> HANGING.stream().allMatch(this::hangs));

    double before = sent(registry);
    Thread.sleep(4000);

    // 8 on an idle machine, and a busy one sends fewer; what hangs lets none through.
    double meanwhile = sent(registry) - before;
    assertTrue(meanwhile >= 3, meanwhile + " sent");
    assertEquals(List.of(Phase.BACKUP), taken);
    assertEquals(Phase.BACKUP, low.status().phase());
    assertEquals(Phase.BACKUP, gated.status().phase());
    for (String name : HANGING) {
      long pid = Long.parseLong(Files.readString(folder.resolve(name)).strip());
      assertTrue(ProcessHandle.of(pid).isPresent(), name + " has ended");
    }
  }

  private static double sent(SimpleMeterRegistry registry) {
    return registry.get("evenkeel.vrrp.adverts").tag("direction", "out").functionCounter().count();
  }
}

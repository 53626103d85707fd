package io.evenkeel.vrrp.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.vrrp.ExclusiveGate;
import io.evenkeel.vrrp.Fence;
import io.evenkeel.vrrp.Lease;
import io.evenkeel.vrrp.LeaseStore;
import io.evenkeel.vrrp.VirtualRouter;
import io.evenkeel.vrrp.protocol.Phase;
import io.evenkeel.vrrp.protocol.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A planned switch-over between two hosts that pass a gate before they are master. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SwitchOverIT {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final List<AutoCloseable> closing = new ArrayList<>();

  /** The hosts that were ended. */
  private final List<Host> ended = new CopyOnWriteArrayList<>();

  private final Loan store = new Loan();
  private Segment segment;

  /** Lends to who comes first, until it gives back. */
  private static final class Loan implements LeaseStore {
    private final AtomicReference<String> holder = new AtomicReference<>();

    @Override
    public boolean acquire(String name, String who, Duration length, BooleanSupplier isHeld) {
      return who.equals(holder.get()) || holder.compareAndSet(null, who);
    }

    @Override
    public void release(String name, String who) {
      String now = holder.get();
      if (who.equals(now)) {
        holder.compareAndSet(now, null);
      }
    }
  }

  @BeforeEach
  void makeSegment() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root, to make namespaces");
    segment = new Segment();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : closing) {
      each.close();
    }
    if (segment != null) {
      segment.close();
    }
  }

  private VirtualRouter started(Host host, int priority, ExclusiveGate gate) throws Exception {
    VirtualRouter router =
        VirtualRouter.builder(host.toString())
            .namespace(segment.name(host))
            .device(Segment.DEVICE)
            .vrid(51)
            .version(Version.V3)
            .interval(Duration.ofMillis(500))
            .priority(priority)
            .virtualAddress("192.0.2.100/24")
            .gate(gate, PATIENCE)
            .build();
    closing.add(router);
    router.start();
    return router;
  }

  private ExclusiveGate fence(Host host) {
    return Fence.call("of " + host, () -> ended.add(host.other()), PATIENCE, Duration.ZERO);
  }

  private ExclusiveGate lease(Host host) {
    return new Lease(store, "web", host.toString(), Duration.ofMinutes(1));
  }

  private void handOver(ExclusiveGate ofHigh, ExclusiveGate ofLow) throws Exception {
    VirtualRouter high = started(Host.HIGH, 100, ofHigh);
    await("a master", () -> high.status().phase() == Phase.MASTER);
    ended.clear();
    VirtualRouter low = started(Host.LOW, 90, ofLow);

    high.handOver().get(20, TimeUnit.SECONDS);

    await("the other master", () -> low.status().phase() == Phase.MASTER);
    assertEquals(Phase.BACKUP, high.status().phase());
  }

  private static void await(String what, BooleanSupplier isSo) throws InterruptedException {
    long start = System.nanoTime();
    while (!isSo.getAsBoolean()) {
      assertTrue(System.nanoTime() - start < 20_000_000_000L, () -> "not within 20 s: " + what);
      Thread.sleep(5);
    }
  }

  @Test
  void handOver_aFence_endsTheHostThatResigned() throws Exception {
    handOver(fence(Host.HIGH), fence(Host.LOW));

    assertEquals(List.of(Host.HIGH), ended);
  }

  @Test
  void handOver_aLease_movesItAndEndsNobody() throws Exception {
    handOver(lease(Host.HIGH), lease(Host.LOW));

    assertEquals("LOW", store.holder.get());
    assertEquals(List.of(), ended);
  }

  @Test
  void handOver_aLeaseAndAFence_endsTheHostThatResigned() throws Exception {
    handOver(
        ExclusiveGate.all(List.of(lease(Host.HIGH), fence(Host.HIGH))),
        ExclusiveGate.all(List.of(lease(Host.LOW), fence(Host.LOW))));

    assertEquals(List.of(Host.HIGH), ended);
  }
}

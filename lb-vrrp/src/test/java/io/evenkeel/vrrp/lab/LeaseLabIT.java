package io.evenkeel.vrrp.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.net.NetworkNamespace;
import io.evenkeel.vrrp.LeaseStore;
import io.evenkeel.vrrp.VirtualRouter;
import io.evenkeel.vrrp.VrrpEvent;
import io.evenkeel.vrrp.protocol.Phase;
import io.evenkeel.vrrp.witness.Witness;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a lease on a witness does when hosts lose sight of each other, and when its holder stands
 * still. The witness is on the third host. {@code dev/lab vrrp} runs it.
 */
@Tag("lab")
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LeaseLabIT {
  /** Closed in reverse. */
  private final Deque<AutoCloseable> closing = new ArrayDeque<>();

  private final List<VrrpEvent> heard = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : closing) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T closed(T what) {
    closing.push(what);
    return what;
  }

  private Witness witness(Segment segment, boolean ipv6) throws IOException {
    NetworkNamespace third = closed(NetworkNamespace.enter(segment.name(Host.THIRD)));
    InetSocketAddress bind = new InetSocketAddress(ipv6 ? "fd51::3" : "192.0.2.3", 0);
    return closed(third.call(() -> Witness.start(bind, RouterMain.LEASE)));
  }

  /** Asks from a host's namespace, and counts what it is told. */
  private static final class Asking implements LeaseStore {
    final AtomicInteger granted = new AtomicInteger();
    final AtomicInteger refused = new AtomicInteger();
    private final NetworkNamespace namespace;
    private final LeaseStore store;

    Asking(NetworkNamespace namespace, LeaseStore store) {
      this.namespace = namespace;
      this.store = store;
    }

    @Override
    public boolean acquire(String name, String holder, Duration length, BooleanSupplier isHeld)
        throws IOException {
      boolean isGranted = namespace.call(() -> store.acquire(name, holder, length, isHeld));
      (isGranted ? granted : refused).incrementAndGet();
      return isGranted;
    }

    @Override
    public void release(String name, String holder) throws IOException {
      namespace.call(
          () -> {
            store.release(name, holder);
            return name;
          });
    }
  }

  private Asking asking(Segment segment, Host host, Witness witness) throws IOException {
    return new Asking(
        closed(NetworkNamespace.enter(segment.name(host))), RouterMain.store(witness.address()));
  }

  private VirtualRouter started(Segment segment, Host host, boolean ipv6, Asking asking)
      throws IOException {
    VirtualRouter router =
        closed(
            GatesIT.builder(segment, GatesIT.settings(host, ipv6))
                .gate(RouterMain.lease(asking, host), RouterMain.GATE_TIMEOUT)
                .listener(heard::add)
                .build());
    router.start();
    return router;
  }

  private Owners owners(Segment segment, boolean ipv6) throws IOException {
    return closed(new Owners(segment, GatesIT.settings(Host.LOW, ipv6).sampled()));
  }

  private void await(VirtualRouter router, Phase phase) throws Exception {
    GatesIT.await(
        router + " " + phase + ", heard " + heard, () -> router.status().phase() == phase);
  }

  @ParameterizedTest(name = "IPv6: {0}")
  @ValueSource(booleans = {false, true})
  void lease_cutAndThenIsolated_onlyItsHolderIsMaster(boolean ipv6) throws Exception {
    Segment segment = closed(new Segment());
    Witness witness = witness(segment, ipv6);
    Asking ofHigh = asking(segment, Host.HIGH, witness);
    Asking ofLow = asking(segment, Host.LOW, witness);
    VirtualRouter high = started(segment, Host.HIGH, ipv6, ofHigh);
    await(high, Phase.MASTER);
    VirtualRouter low = started(segment, Host.LOW, ipv6, ofLow);
    await(low, Phase.BACKUP);
    Owners owners = owners(segment, ipv6);

    segment.cut(true);

    int renewed = ofHigh.granted.get() + 3;
    GatesIT.await("held on to", () -> ofHigh.granted.get() >= renewed && ofLow.refused.get() >= 3);
    assertEquals(Phase.MASTER, high.status().phase());
    assertEquals(Phase.BACKUP, low.status().phase());
    assertEquals(0, ofLow.granted.get());
    // It is without the address for a moment where it renews late.
    GatesIT.await("the holder has it", () -> owners.has(Host.HIGH));
    segment.isolate(Host.HIGH, true);
    await(high, Phase.BACKUP);
    assertFalse(owners.has(Host.HIGH));
    await(low, Phase.MASTER);
    assertTrue(owners.has(Host.LOW));
    assertEquals(0, owners.both(), () -> heard.toString());
  }

  /** Its kernel takes the address away. */
  @ParameterizedTest(name = "IPv6: {0}")
  @ValueSource(booleans = {false, true})
  void lease_holderStandsStill_addressIsGoneBeforeTheOtherTakesIt(boolean ipv6) throws Exception {
    Segment segment = closed(new Segment());
    Witness witness = witness(segment, ipv6);
    String where = witness.address().getAddress().getHostAddress();
    Ours high =
        closed(
            new Ours(
                segment,
                Host.HIGH,
                List.of(),
                List.of(RouterMain.WITNESS + where + " " + witness.address().getPort())));
    high.start(GatesIT.settings(Host.HIGH, ipv6));
    GatesIT.await("master: " + high.log(), () -> high.phase() == Phase.MASTER);
    VirtualRouter low = started(segment, Host.LOW, ipv6, asking(segment, Host.LOW, witness));
    await(low, Phase.BACKUP);
    Owners owners = owners(segment, ipv6);
    GatesIT.await("the holder has it", () -> owners.has(Host.HIGH));

    high.pause(true);

    await(low, Phase.MASTER);
    assertFalse(owners.has(Host.HIGH));
    assertTrue(owners.has(Host.LOW));
    high.pause(false);
    GatesIT.await("backup: " + high.log(), () -> high.phase() == Phase.BACKUP);
    assertEquals(Phase.MASTER, low.status().phase());
    assertEquals(0, owners.both(), () -> heard.toString());
  }
}

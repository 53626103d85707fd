package io.evenkeel.vrrp.witness;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.vrrp.Lease;
import io.evenkeel.vrrp.LeaseClocks;
import io.evenkeel.vrrp.LeaseStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/**
 * Three hosts with wrong clocks, and a witness that is started again now and then: at no time do
 * two of them hold the lease.
 */
class LeaseSimulationTest {
  private static final int DRIFT_PPM = Lease.DEFAULT_DRIFT_PPM;
  private static final Duration LENGTH = Duration.ofSeconds(10);
  private static final long STEPS = 300_000;

  private final long seed = Long.getLong("evenkeel.seed", new Random().nextLong());
  private final Random random = new Random(seed);

  /** The true time. */
  private double now;

  private final class Clock implements LongSupplier {
    /** Slow, fast or right. */
    private final double rate = 1 + (random.nextInt(3) - 1) * DRIFT_PPM / 1e6;

    private final long offset = random.nextLong();

    @Override
    public long getAsLong() {
      return offset + (long) (now * rate);
    }
  }

  private final class Host {
    private final Clock clock = new Clock();
    private final Lease lease;
    private long untilNanos;
    private boolean isMaster;

    Host(String name, LeaseStore store) {
      lease = LeaseClocks.lease(store, name, LENGTH, clock);
    }

    boolean isMaster() {
      return isMaster && untilNanos - clock.getAsLong() > 0;
    }

    void ask() {
      long asked = clock.getAsLong();
      try {
        untilNanos = asked + lease.pass().toNanos();
        isMaster = true;
      } catch (Exception e) {
        isMaster = isMaster();
      }
    }

    void release() throws Exception {
      isMaster = false;
      lease.release();
    }
  }

  private final class Store implements LeaseStore {
    private Clock clock = new Clock();
    private LeaseTable table = new LeaseTable(LENGTH.toNanos(), clock.getAsLong());

    void restart() {
      clock = new Clock();
      table = new LeaseTable(LENGTH.toNanos(), clock.getAsLong());
    }

    @Override
    public boolean acquire(String name, String holder, Duration length, BooleanSupplier isHeld)
        throws IOException {
      // The connection takes its time, and the witness may be started again meanwhile.
      pass(random.nextInt(4) == 0 ? 3e9 : 1e6);
      if (random.nextInt(50) == 0) {
        restart();
      }
      boolean held = isHeld.getAsBoolean();
      pass(random.nextInt(4) == 0 ? 2e9 : 1e6);
      String answer =
          Wire.answer(Wire.acquire(name, holder, length.toNanos(), held), table, clock.getAsLong());
      pass(random.nextInt(4) == 0 ? 2e9 : 1e6);
      if (random.nextInt(10) == 0) {
        throw new IOException("the answer is lost");
      }
      return answer.equals("granted");
    }

    @Override
    public void release(String name, String holder) {
      Wire.answer(Wire.release(name, holder), table, clock.getAsLong());
    }
  }

  private final List<Host> hosts = new ArrayList<>();

  private void pass(double upToNanos) {
    now += random.nextDouble() * upToNanos;
    check();
  }

  private void check() {
    assertTrue(
        hosts.stream().filter(Host::isMaster).count() <= 1, () -> "two at once, seed " + seed);
  }

  @Test
  void lease_wrongClocksAndRestarts_isNeverHeldTwice() throws Exception {
    Store store = new Store();
    for (String name : List.of("a", "b", "c")) {
      hosts.add(new Host(name, store));
    }
    int masters = 0;
    int changes = 0;
    Host last = null;
    for (long step = 0; step < STEPS; step++) {
      pass(1e9);
      Host host = hosts.get(random.nextInt(hosts.size()));
      if (host.isMaster() && random.nextInt(40) == 0) {
        host.release();
      } else {
        host.ask();
      }
      check();
      if (host.isMaster()) {
        masters++;
        changes += host == last ? 0 : 1;
        last = host;
      }
    }
    // Otherwise nothing was tried.
    assertTrue(masters > STEPS / 10 && changes > STEPS / 200, masters + " " + changes);
  }
}

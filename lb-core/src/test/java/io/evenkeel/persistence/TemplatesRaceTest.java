package io.evenkeel.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import io.evenkeel.pool.TwoThreads;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What two threads may do to one table at a time. */
class TemplatesRaceTest {
  private static final int ROUNDS = 20_000;
  private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(1);
  private static final PersistenceSpec SPEC =
      PersistenceSpec.perClient().timeout(Duration.ofNanos(TIMEOUT));

  private final AtomicLong now = new AtomicLong();
  private final Destination first = Service.cell("a:1");
  private final Destination second = Service.cell("b:1");

  static Flow flow(int client) {
    return new Flow().client(0, (0xffffL << 32) | client, 4711);
  }

  private Assignment connect(Templates templates, int client, Destination scheduled) {
    Flow flow = flow(client);
    long at = now.get();
    Template template = templates.find(flow, at);
    if (template == null) {
      template = templates.tie(flow, scheduled, at);
    }
    Assignment assignment = new Assignment();
    assignment.assign(template.destination(), at, template);
    return assignment;
  }

  @Test
  void connect_sameNewClient_getsOneServer() throws Exception {
    Templates templates = new Templates(SPEC, now::get, null);
    Destination[] one = new Destination[ROUNDS];
    Destination[] other = new Destination[ROUNDS];

    TwoThreads.inStep(
        ROUNDS,
        i -> one[i] = connect(templates, i, first).destination(),
        i -> other[i] = connect(templates, i, second).destination());

    for (int i = 0; i < ROUNDS; i++) {
      assertSame(one[i], other[i], "round " + i);
    }
    assertEquals(ROUNDS, first.templates() + second.templates());
    assertEquals(2L * ROUNDS, templates.hits() + templates.misses());
  }

  @Test
  void hold_whileTheLastIsReleased_losesNoConnection() throws Exception {
    long at = TIMEOUT + 1;
    Template[] templates = new Template[ROUNDS];
    boolean[] held = new boolean[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      templates[i] = new Template(first, () -> at, TIMEOUT, TIMEOUT);
      assertTrue(templates[i].hold(0));
    }

    TwoThreads.inStep(ROUNDS, i -> templates[i].released(), i -> held[i] = templates[i].hold(at));

    for (int i = 0; i < ROUNDS; i++) {
      // Its timer fired while it was held, so it lives for another minute.
      assertTrue(held[i], "round " + i);
      assertEquals(1, templates[i].connections());
      templates[i].released();
      assertFalse(templates[i].endIfExpired(at + Template.REARM_NANOS - 1), "round " + i);
      assertTrue(templates[i].endIfExpired(at + Template.REARM_NANOS), "round " + i);
    }
  }

  @Test
  void endIfExpired_whileHeld_isOneOrTheOther() throws Exception {
    boolean[][] results = new boolean[2][ROUNDS];
    Template[] templates = new Template[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      templates[i] = new Template(first, () -> 0, TIMEOUT, TIMEOUT);
    }

    // One sees a time before the end, the other one after it.
    TwoThreads.inStep(
        ROUNDS,
        i -> results[0][i] = templates[i].hold(TIMEOUT - 1),
        i -> results[1][i] = templates[i].endIfExpired(TIMEOUT));

    for (int i = 0; i < ROUNDS; i++) {
      assertTrue(results[0][i] != results[1][i], "round " + i);
    }
  }

  /** What another node tells never moves a client that has just got a connection here. */
  @Test
  void accept_whileTheClientConnects_isOneServerForBoth() throws Exception {
    Templates templates = new Templates(SPEC, now::get, null);
    Destination[] got = new Destination[ROUNDS];
    boolean[] accepted = new boolean[ROUNDS];
    InetAddress[] clients = new InetAddress[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      connect(templates, i, first).release(Outcome.SUCCESS);
      byte[] address = ByteBuffer.allocate(4).putInt(i).array();
      clients[i] = InetAddress.getByAddress(address);
    }

    TwoThreads.inStep(
        ROUNDS,
        i -> got[i] = connect(templates, i, first).destination(),
        i -> accepted[i] = templates.accept(clients[i], second, TIMEOUT, TIMEOUT + 1, now.get()));

    for (int i = 0; i < ROUNDS; i++) {
      assertSame(accepted[i] ? second : first, got[i], "round " + i);
    }
    assertEquals(ROUNDS, first.templates() + second.templates());
    assertTrue(second.templates() > 0 && first.templates() > 0, "no round had the other order");
  }

  /** Time runs while two threads come and go; then all is released and nothing is left over. */
  @Test
  void connectAndRelease_manyClients_leaveNothingBehind() throws Exception {
    Templates templates = new Templates(SPEC.maxTemplates(50), now::get, null);
    TwoThreads.run(() -> churn(templates, 1), () -> churn(templates, 2));

    assertEquals(0, first.open() + second.open());
    assertTrue(templates.evictions() > 0, "never full");
    templates.sweep(now.addAndGet(TimeUnit.DAYS.toNanos(1)));
    assertEquals(0, first.templates());
    assertEquals(0, second.templates());
  }

  private Void churn(Templates templates, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Assignment[] open = new Assignment[64];
    for (int i = 0; i < 200_000; i++) {
      int slot = random.nextInt(open.length);
      if (open[slot] != null) {
        open[slot].release(Outcome.SUCCESS);
      }
      open[slot] = connect(templates, random.nextInt(100), seed == 1 ? first : second);
      switch (random.nextInt(2000)) {
        case 0 -> now.addAndGet(TIMEOUT / 2);
        case 1 -> first.weight(-1);
        case 2 -> templates.sweep(now.get());
        case 3 -> first.weight(1);
        default -> {}
      }
    }
    for (Assignment assignment : open) {
      if (assignment != null) {
        assignment.release(Outcome.SUCCESS);
      }
    }
    return null;
  }
}

package io.evenkeel.persistence;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import io.evenkeel.stress.Servers;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** Two threads at one template, or at one table of them. */
public final class TemplatesStress {
  private static final PersistenceSpec SPEC = PersistenceSpec.perClient().maxTemplates(16);
  private static final long TIMEOUT = SPEC.timeout().toNanos();

  /** By then the cache has seen that a template's time is over. */
  private static final long LATER = TIMEOUT + TimeUnit.SECONDS.toNanos(3);

  private static final long IPV4_MAPPED = 0xffffL << 32;
  private static final InetAddress CLIENT = address();

  private TemplatesStress() {}

  private static InetAddress address() {
    try {
      return InetAddress.getByAddress(new byte[] {0, 0, 0, 1});
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Flow flow(int client) {
    return new Flow(0).client(0, IPV4_MAPPED | client, 4711);
  }

  private static Destination server() {
    Destination server = Servers.one();
    server.weight(1);
    return server;
  }

  /** A table, and what is found in it. */
  private static class Table {
    final Destination one = server();
    final Destination other = server();
    final Templates templates;

    Table(@Nullable Changes changes) {
      templates = new Templates(SPEC, () -> 0, changes);
    }

    final String name(@Nullable Template template) {
      return template == null ? "none" : template.destination() == one ? "one" : "other";
    }

    /** Where a client goes, and how many templates its server and the other one count. */
    final String found(long nowNanos) {
      return name(templates.find(flow(1), nowNanos))
          + " "
          + one.templates()
          + "+"
          + other.templates();
    }
  }

  /** Both have found no template, and their schedulers chose different servers. */
  @JCStressTest
  @Outcome(id = "one, one, one 1\\+0", expect = ACCEPTABLE, desc = "the first tied it")
  @Outcome(id = "other, other, other 0\\+1", expect = ACCEPTABLE, desc = "the second tied it")
  @Outcome(expect = FORBIDDEN, desc = "two servers for one client, or one counted wrongly")
  @State
  public static class TieSameClient extends Table {
    public TieSameClient() {
      super(null);
    }

    @Actor
    public void tie(LLL_Result r) {
      r.r1 = name(templates.tie(flow(1), one, 0));
    }

    @Actor
    public void tieToOther(LLL_Result r) {
      r.r2 = name(templates.tie(flow(1), other, 0));
    }

    @Arbiter
    public void find(LLL_Result r) {
      r.r3 = found(0);
    }
  }

  /** The look-up sees a time before the end, the one that ends it a time at the end. */
  @JCStressTest
  @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "held: it cannot end")
  @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "ended: it cannot be held")
  @Outcome(expect = FORBIDDEN, desc = "held and ended, or neither")
  @State
  public static class HitOrExpiry {
    private final Template template = new Template(server(), () -> 0, TIMEOUT, TIMEOUT);

    @Actor
    public void hit(LL_Result r) {
      r.r1 = template.hold(TIMEOUT - 1);
    }

    @Actor
    public void expire(LL_Result r) {
      r.r2 = template.endIfExpired(TIMEOUT);
    }
  }

  /** The same in a table: what is held must be found again, what has ended is counted no more. */
  @JCStressTest
  @Outcome(id = "one, one 1\\+0", expect = ACCEPTABLE, desc = "held, and found ever after")
  @Outcome(id = "none, none 0\\+0", expect = ACCEPTABLE, desc = "forgotten")
  @Outcome(expect = FORBIDDEN, desc = "a held one lost, or one counted that is not there")
  @State
  public static class HitOrSweep extends Table {
    public HitOrSweep() {
      super(null);
      templates.accept(CLIENT, one, TIMEOUT, TIMEOUT, 0);
    }

    @Actor
    public void hit(LL_Result r) {
      r.r1 = name(templates.find(flow(1), TIMEOUT - 1));
    }

    @Actor
    public void sweep() {
      templates.sweep(LATER);
    }

    @Arbiter
    public void find(LL_Result r) {
      templates.sweep(LATER);
      r.r2 = found(LATER);
    }
  }

  /** One connection, that ends at the very moment of the timer, when another one comes. */
  @JCStressTest
  @Outcome(id = "false, -1, 0", expect = ACCEPTABLE, desc = "released first: it has expired")
  @Outcome(id = "true, 1, 60000000000", expect = ACCEPTABLE, desc = "held first: a minute more")
  @Outcome(expect = FORBIDDEN, desc = "a connection lost, or a wrong time")
  @State
  public static class HoldOrReleaseAtTheDeadline {
    private final Template template = new Template(server(), () -> TIMEOUT, TIMEOUT, TIMEOUT);

    public HoldOrReleaseAtTheDeadline() {
      template.hold(0);
    }

    @Actor
    public void hold(LLL_Result r) {
      r.r1 = template.hold(TIMEOUT);
    }

    @Actor
    public void release() {
      template.released();
    }

    @Arbiter
    public void state(LLL_Result r) {
      r.r2 = template.endIfExpired(TIMEOUT) ? -1 : template.connections();
      r.r3 = template.deadlineNanos() - TIMEOUT;
    }
  }

  /** The same after the timer has fired: either way it lives for another minute. */
  @JCStressTest
  @Outcome(id = "true, 1, 60000000001", expect = ACCEPTABLE, desc = "a minute more")
  @Outcome(expect = FORBIDDEN, desc = "expired while it was held, or a wrong time")
  @State
  public static class HoldOrReleaseAfterTheDeadline {
    private final Template template = new Template(server(), () -> TIMEOUT + 1, TIMEOUT, TIMEOUT);

    public HoldOrReleaseAfterTheDeadline() {
      template.hold(0);
    }

    @Actor
    public void hold(LLL_Result r) {
      r.r1 = template.hold(TIMEOUT + 1);
    }

    @Actor
    public void release() {
      template.released();
    }

    @Arbiter
    public void state(LLL_Result r) {
      r.r2 = template.connections();
      r.r3 = template.deadlineNanos() - TIMEOUT;
    }
  }

  /** Persistence is switched off while a client is tied. */
  @JCStressTest
  @Outcome(id = "one, none 0\\+0", expect = ACCEPTABLE, desc = "tied, then forgotten")
  @Outcome(id = "one, one 1\\+0", expect = ACCEPTABLE, desc = "tied after all were forgotten")
  @Outcome(expect = FORBIDDEN, desc = "one counted that is not there, or there and not counted")
  @State
  public static class TieOrClear extends Table {
    public TieOrClear() {
      super(null);
    }

    @Actor
    public void tie(LL_Result r) {
      r.r1 = name(templates.tie(flow(1), one, 0));
    }

    @Actor
    public void clear() {
      templates.clear();
    }

    @Arbiter
    public void find(LL_Result r) {
      r.r2 = found(0);
    }
  }

  /** A client connects while another node tells that it was there later. */
  @JCStressTest
  @Outcome(id = "one, false, one 1\\+0", expect = ACCEPTABLE, desc = "its connection keeps it")
  @Outcome(id = "other, true, other 0\\+1", expect = ACCEPTABLE, desc = "told before it came")
  @Outcome(expect = FORBIDDEN, desc = "told away from under its connection")
  @State
  public static class HitOrAccept extends Table {
    public HitOrAccept() {
      super(null);
      templates.accept(CLIENT, one, TIMEOUT, TIMEOUT - 1, 0);
    }

    @Actor
    public void hit(LLL_Result r) {
      r.r1 = name(templates.find(flow(1), 0));
    }

    @Actor
    public void accept(LLL_Result r) {
      r.r2 = templates.accept(CLIENT, other, TIMEOUT, TIMEOUT, 0);
    }

    @Arbiter
    public void find(LLL_Result r) {
      r.r3 = found(0);
    }
  }

  /** Two clients are tied at a time: each is told once. */
  @JCStressTest
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "both")
  @Outcome(expect = FORBIDDEN, desc = "one lost, or told twice")
  @State
  public static class TwoTiesToldOnce {
    private final Changes changes = new Changes(16);
    private final Table table = new Table(changes);

    @Actor
    public void tie() {
      table.templates.tie(flow(1), table.one, 0);
    }

    @Actor
    public void tieOther() {
      table.templates.tie(flow(2), table.one, 0);
    }

    @Arbiter
    public void take(L_Result r) {
      int count = 0;
      while (changes.take(0, (client, template, leftNanos) -> {})) {
        count++;
      }
      r.r1 = count;
    }
  }

  /** It is renewed while it is told: the last word is told, at once or the next time. */
  @JCStressTest
  @Outcome(id = "9, 300000000000", expect = ACCEPTABLE, desc = "told before, and once more")
  @Outcome(id = "300000000000, 300000000000", expect = ACCEPTABLE, desc = "told as renewed")
  @Outcome(expect = FORBIDDEN, desc = "what was told last is not how it is")
  @State
  public static class RenewedWhileTold {
    private final Changes changes = new Changes(16);
    private final ToldTemplate template;
    private long toldNanos;

    public RenewedWhileTold() {
      template = new ToldTemplate(new ClientKey(0, IPV4_MAPPED | 1), server(), () -> 0, TIMEOUT, 9);
      template.count();
      changes.add(template, 0);
    }

    private void take() {
      while (changes.take(0, (client, told, leftNanos) -> toldNanos = leftNanos)) {}
    }

    @Actor
    public void renew() {
      template.hold(0);
      changes.held(template, 0);
    }

    @Actor
    public void take(LL_Result r) {
      take();
      r.r1 = toldNanos;
    }

    @Arbiter
    public void rest(LL_Result r) {
      take();
      r.r2 = toldNanos;
    }
  }
}

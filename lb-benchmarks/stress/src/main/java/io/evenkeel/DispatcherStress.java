package io.evenkeel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.schedule.Scheduler;
import io.evenkeel.schedule.Schedulers;
import io.evenkeel.schedule.Selector;
import io.evenkeel.stress.Servers;
import java.util.LinkedHashMap;
import java.util.Map;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Another list and sorry server are published while callers dispatch. */
public final class DispatcherStress {
  private static final Selector NOBODY = (flow, nowNanos) -> null;

  private DispatcherStress() {}

  /** Who is chosen, by name. */
  private static final class Names {
    final Destination kept = Servers.one();
    final Destination removed = Servers.one();
    final Destination added = Servers.one();
    final Dispatcher dispatcher = new Dispatcher(Servers.SERVICE, System::nanoTime);

    String dispatch() {
      Assignment claim = new Assignment();
      if (!dispatcher.dispatch(new Flow(0), claim)) {
        return "nobody";
      }
      Destination chosen = claim.destination();
      return chosen == kept ? "kept" : chosen == removed ? "removed" : "added";
    }
  }

  private static Destinations list(Destinations before, Destination... servers) {
    Map<Destination, Integer> wanted = new LinkedHashMap<>();
    for (Destination server : servers) {
      wanted.put(server, 1);
    }
    return before.with(wanted);
  }

  /** From a sorry server alone to a server alone: what one caller's next two choices are. */
  @JCStressTest
  @Outcome(id = "removed, removed", expect = ACCEPTABLE, desc = "both before")
  @Outcome(id = "removed, added", expect = ACCEPTABLE, desc = "the change between them")
  @Outcome(id = "added, added", expect = ACCEPTABLE, desc = "both after")
  @Outcome(expect = FORBIDDEN, desc = "half a change, or back again")
  @State
  public static class SorryServerToServer {
    private final Names names = new Names();

    public SorryServerToServer() {
      names.dispatcher.choose(NOBODY, names.removed, null, Roster.NOBODY);
    }

    @Actor
    public void dispatch(LL_Result r) {
      r.r1 = names.dispatch();
      r.r2 = names.dispatch();
    }

    @Actor
    public void change() {
      names.dispatcher.choose((flow, nowNanos) -> names.added, null, null, Roster.NOBODY);
    }
  }

  /** The other way round. */
  @JCStressTest
  @Outcome(id = "removed, removed", expect = ACCEPTABLE, desc = "both before")
  @Outcome(id = "removed, added", expect = ACCEPTABLE, desc = "the change between them")
  @Outcome(id = "added, added", expect = ACCEPTABLE, desc = "both after")
  @Outcome(expect = FORBIDDEN, desc = "half a change, or back again")
  @State
  public static class ServerToSorryServer {
    private final Names names = new Names();

    public ServerToSorryServer() {
      names.dispatcher.choose((flow, nowNanos) -> names.removed, null, null, Roster.NOBODY);
    }

    @Actor
    public void dispatch(LL_Result r) {
      r.r1 = names.dispatch();
      r.r2 = names.dispatch();
    }

    @Actor
    public void change() {
      names.dispatcher.choose(NOBODY, names.added, null, Roster.NOBODY);
    }
  }

  /** One caller's choice from a list that changes, and the next one's when it has changed. */
  private static class Swap {
    final Names names = new Names();
    final Scheduler scheduler;
    final Destinations before;
    final Selector first;

    Swap(Scheduler scheduler) {
      this.scheduler = scheduler;
      before = list(list(Destinations.empty(), names.kept), names.kept, names.removed);
      first = scheduler.selector(before, null);
      first.begin();
      names.dispatcher.choose(first, null, null, Roster.NOBODY);
    }

    final void change() {
      Selector next = scheduler.selector(list(before, names.kept, names.added), first);
      next.begin();
      names.dispatcher.choose(next, null, null, Roster.NOBODY);
    }
  }

  /** wlc: the first list's newest server, or the second's; then who has no connection yet. */
  @JCStressTest
  @Outcome(id = "removed, added", expect = ACCEPTABLE, desc = "chosen from the old list")
  @Outcome(id = "added, kept", expect = ACCEPTABLE, desc = "chosen from the new list")
  @Outcome(expect = FORBIDDEN, desc = "nobody, or a load that the new list did not see")
  @State
  public static class LeastConnection extends Swap {
    public LeastConnection() {
      super(Schedulers.weightedLeastConnection());
    }

    @Actor
    public void dispatch(LL_Result r) {
      r.r1 = names.dispatch();
    }

    @Actor
    public void publish() {
      change();
    }

    @Arbiter
    public void next(LL_Result r) {
      r.r2 = names.dispatch();
    }
  }

  /** rr: as above; who is gone leaves its position to the one before it, here the head. */
  @JCStressTest
  @Outcome(id = "removed, added", expect = ACCEPTABLE, desc = "chosen from the old list")
  @Outcome(id = "added, kept", expect = ACCEPTABLE, desc = "chosen from the new list")
  @Outcome(expect = FORBIDDEN, desc = "nobody, or one twice")
  @State
  public static class RoundRobin extends Swap {
    public RoundRobin() {
      super(Schedulers.exactRoundRobin());
    }

    @Actor
    public void dispatch(LL_Result r) {
      r.r1 = names.dispatch();
    }

    @Actor
    public void publish() {
      change();
    }

    @Arbiter
    public void next(LL_Result r) {
      r.r2 = names.dispatch();
    }
  }
}

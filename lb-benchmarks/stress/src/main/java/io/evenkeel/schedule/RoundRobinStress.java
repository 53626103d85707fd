package io.evenkeel.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.stress.Servers;
import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Two callers and one rotation: each position is given to one of them. An outcome is the index that
 * each got, and the next after both.
 */
public final class RoundRobinStress {
  private RoundRobinStress() {}

  private static int select(Selector selector, Destinations list, int stripe) {
    Destination chosen = selector.select(new Flow(stripe), 0);
    return list.indexOf(Objects.requireNonNull(chosen));
  }

  /** rr. */
  @JCStressTest
  @Outcome(
      id = {"0, 1, 2", "1, 0, 2"},
      expect = ACCEPTABLE,
      desc = "one after the other")
  @Outcome(expect = FORBIDDEN, desc = "a position twice, or left out")
  @State
  public static class Exact {
    private final Destinations list = Servers.list(1, 1, 1);
    private final Selector selector = Schedulers.exactRoundRobin().selector(list, null);

    @Actor
    public void one(III_Result r) {
      r.r1 = select(selector, list, 0);
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = select(selector, list, 1);
    }

    @Arbiter
    public void next(III_Result r) {
      r.r3 = select(selector, list, 2);
    }
  }

  /** wrr: the rotation begins with 0, 0, 1; who repeats the first position makes it 0, 0, 0. */
  @JCStressTest
  @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "one after the other")
  @Outcome(expect = FORBIDDEN, desc = "a position twice, or left out")
  @State
  public static class ExactWeighted {
    private final Destinations list = Servers.list(3, 2, 1);
    private final Selector selector = Schedulers.exactWeightedRoundRobin().selector(list, null);

    @Actor
    public void one(III_Result r) {
      r.r1 = select(selector, list, 0);
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = select(selector, list, 1);
    }

    @Arbiter
    public void next(III_Result r) {
      r.r3 = select(selector, list, 2);
    }
  }

  /** Stripes: each its own rotation, the third caller in the first one's stripe. */
  @JCStressTest
  @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "each in its own rotation")
  @Outcome(expect = FORBIDDEN, desc = "one moved the other's")
  @State
  public static class Striped {
    private final Destinations list = Servers.list(1, 1, 1);
    private final Selector selector = new RoundRobin(list, null, 2);

    @Actor
    public void one(III_Result r) {
      r.r1 = select(selector, list, 0);
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = select(selector, list, 1);
    }

    @Arbiter
    public void next(III_Result r) {
      r.r3 = select(selector, list, 2);
    }
  }

  /** The one whose turn it is falls out meanwhile. */
  @JCStressTest
  @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "it had its turn")
  @Outcome(id = "1, 0, 2", expect = ACCEPTABLE, desc = "it was left out")
  @Outcome(expect = FORBIDDEN, desc = "suspended, or twice")
  @State
  public static class SelectVsSuspend {
    private final Destinations list = Servers.list(1, 1, 1);
    private final Selector selector = Schedulers.exactRoundRobin().selector(list, null);

    @Actor
    public void select(III_Result r) {
      r.r1 = RoundRobinStress.select(selector, list, 0);
    }

    @Actor
    public void suspend() {
      list.get(0).suspend(true);
    }

    @Arbiter
    public void next(III_Result r) {
      r.r3 = RoundRobinStress.select(selector, list, 1);
    }
  }
}

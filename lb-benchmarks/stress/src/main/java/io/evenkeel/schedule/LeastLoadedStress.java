package io.evenkeel.schedule;

import static io.evenkeel.pool.Outcome.CONNECT_FAILED;
import static io.evenkeel.pool.Outcome.SUCCESS;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.schedule.LeastLoaded.Cost;
import io.evenkeel.stress.Servers;
import java.util.Arrays;
import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * Two threads change loads; when both are done the winner is the least of all, the first of equals.
 * An outcome is "exact", or who won and who is the least. Weights are 1.
 */
@Outcome(id = "exact", expect = ACCEPTABLE, desc = "the least of all")
@Outcome(expect = FORBIDDEN, desc = "another one, and nobody plays that match again")
public final class LeastLoadedStress {
  private LeastLoadedStress() {}

  /** Servers with a number of inactive connections each, the least loaded chosen by wlc. */
  abstract static class Crowd {
    final Destinations list;
    private final Selector selector;
    private final Assignment[][] open;

    Crowd(int... loads) {
      int[] weights = new int[loads.length];
      Arrays.fill(weights, 1);
      list = Servers.list(weights);
      open = new Assignment[loads.length][];
      for (int i = 0; i < loads.length; i++) {
        open[i] = Servers.open(list.get(i), loads[i]);
      }
      selector = new LeastLoaded(list, Cost.OVERHEAD);
      selector.begin();
    }

    final Destination server(int index) {
      return list.get(index);
    }

    final void open(int index) {
      Servers.open(list.get(index));
    }

    final void establish(int index) {
      open[index][1].established();
    }

    final void release(int index) {
      open[index][0].release(SUCCESS);
    }

    final void fail(int index) {
      open[index][0].release(CONNECT_FAILED);
    }

    final void choose() {
      Servers.open(Objects.requireNonNull(selector.select(new Flow(0), 0)));
    }

    final String verdict() {
      return verdict(selector);
    }

    final String verdict(Selector asked) {
      Destination chosen = asked.select(new Flow(0), 0);
      int winner = chosen == null ? -1 : list.indexOf(chosen);
      int least = -1;
      for (int i = 0; i < list.size(); i++) {
        if (list.isEligible(i)
            && (least < 0 || list.get(i).overhead() < list.get(least).overhead())) {
          least = i;
        }
      }
      return winner == least ? "exact" : winner + " instead of " + least;
    }
  }

  /** Both loads of one match. */
  @JCStressTest
  @JCStressMeta(LeastLoadedStress.class)
  @State
  public static class TwoServers extends Crowd {
    public TwoServers() {
      super(1, 1);
    }

    @Actor
    public void one() {
      release(0);
    }

    @Actor
    public void other() {
      release(1);
    }

    @Arbiter
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** The same load. */
  @JCStressTest
  @JCStressMeta(LeastLoadedStress.class)
  @State
  public static class SameServer extends Crowd {
    public SameServer() {
      super(2, 1);
    }

    @Actor
    public void one() {
      release(0);
    }

    @Actor
    public void other() {
      establish(0);
    }

    @Arbiter
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** Both loads of a match under another one. */
  @JCStressTest
  @JCStressMeta(LeastLoadedStress.class)
  @State
  public static class ThreeServers extends Crowd {
    public ThreeServers() {
      super(1, 1, 2);
    }

    @Actor
    public void one() {
      release(0);
    }

    @Actor
    public void other() {
      release(1);
    }

    @Arbiter
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** Loads on both sides of the final. */
  @JCStressTest
  @JCStressMeta(LeastLoadedStress.class)
  @State
  public static class FinalOfThree extends Crowd {
    public FinalOfThree() {
      super(2, 3, 2);
    }

    @Actor
    public void one() {
      establish(0);
    }

    @Actor
    public void other() {
      release(2);
    }

    @Arbiter
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** Loads on both sides of the final, and under it. */
  @JCStressTest
  @JCStressMeta(LeastLoadedStress.class)
  @State
  public static class FinalOfFive extends Crowd {
    public FinalOfFive() {
      super(2, 2, 9, 9, 2);
    }

    @Actor
    public void one() {
      release(1);
    }

    @Actor
    public void other() {
      establish(0);
      release(4);
    }

    @Arbiter
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** One wins a match for a moment only, while the first falls behind the rest. */
  @JCStressTest
  @JCStressMeta(LeastLoadedStress.class)
  @State
  public static class FiveServers extends Crowd {
    public FiveServers() {
      super(2, 2, 9, 9, 3);
    }

    @Actor
    public void one() {
      release(1);
    }

    @Actor
    public void other() {
      establish(0);
      server(1).suspend(true);
    }

    @Arbiter
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** As callers do: each takes the least, twice. */
  @JCStressTest
  @JCStressMeta(LeastLoadedStress.class)
  @State
  public static class Callers extends Crowd {
    public Callers() {
      super(0, 0, 0, 0, 0);
    }

    @Actor
    public void one() {
      choose();
      choose();
    }

    @Actor
    public void other() {
      choose();
      choose();
    }

    @Arbiter
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** One is taken away as it becomes the least. */
  @JCStressTest
  @JCStressMeta(LeastLoadedStress.class)
  @State
  public static class SuspendVsRelease extends Crowd {
    public SuspendVsRelease() {
      super(1, 1, 1);
    }

    @Actor
    public void one() {
      server(1).suspend(true);
    }

    @Actor
    public void other() {
      release(1);
    }

    @Arbiter
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** One is taken away as the other of its match becomes the least. */
  @JCStressTest
  @JCStressMeta(LeastLoadedStress.class)
  @State
  public static class SuspendVsReleaseOfOther extends Crowd {
    public SuspendVsReleaseOfOther() {
      super(1, 1, 1);
    }

    @Actor
    public void one() {
      server(0).suspend(true);
    }

    @Actor
    public void other() {
      release(1);
    }

    @Arbiter
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** One is given back as another fails. */
  @JCStressTest
  @JCStressMeta(LeastLoadedStress.class)
  @State
  public static class ResumeVsFail extends Crowd {
    public ResumeVsFail() {
      super(1, 1, 1);
      server(0).suspend(true);
    }

    @Actor
    public void one() {
      server(0).suspend(false);
    }

    @Actor
    public void other() {
      fail(1);
    }

    @Arbiter
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** Nobody is left. */
  @JCStressTest
  @JCStressMeta(LeastLoadedStress.class)
  @State
  public static class SuspendVsSuspend extends Crowd {
    public SuspendVsSuspend() {
      super(0, 0);
    }

    @Actor
    public void one() {
      server(0).suspend(true);
    }

    @Actor
    public void other() {
      server(1).suspend(true);
    }

    @Arbiter
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** A connection ends as another selector begins to be told. */
  @JCStressTest
  @JCStressMeta(LeastLoadedStress.class)
  @State
  public static class BeginVsRelease extends Crowd {
    private final Selector next;

    public BeginVsRelease() {
      super(1, 1, 1);
      next = new LeastLoaded(list, Cost.OVERHEAD);
    }

    @Actor
    public void begin() {
      next.begin();
    }

    @Actor
    public void release() {
      release(1);
    }

    @Arbiter
    public void end(L_Result r) {
      r.r1 = verdict(next);
    }
  }
}

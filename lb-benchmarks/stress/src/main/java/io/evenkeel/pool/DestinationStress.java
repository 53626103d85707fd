package io.evenkeel.pool;

import static io.evenkeel.pool.Outcome.CONNECT_FAILED;
import static io.evenkeel.pool.Outcome.FAILED;
import static io.evenkeel.pool.Outcome.SUCCESS;
import static io.evenkeel.pool.Outcome.TIMED_OUT;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.evenkeel.stress.Servers;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.IZ_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** A server's counters, thresholds, suspension, failures and trials, written by two threads. */
public final class DestinationStress {
  private DestinationStress() {}

  /** Connections ever assigned, released, and the load of an active and an inactive one. */
  @JCStressTest
  @Outcome(id = "3, 1, 257", expect = ACCEPTABLE, desc = "each is counted")
  @Outcome(expect = FORBIDDEN, desc = "one is lost")
  @State
  public static class Totals {
    private final Destination server = Servers.one();

    @Actor
    public void openTwo() {
      Servers.open(server).established();
      Servers.open(server);
    }

    @Actor
    public void openAndRelease() {
      Assignment claim = Servers.open(server);
      claim.established();
      claim.closing();
      claim.release(SUCCESS);
    }

    @Arbiter
    public void end(JJJ_Result r) {
      r.r1 = server.connections();
      r.r2 = server.released(SUCCESS);
      r.r3 = server.overhead();
    }
  }

  /** Open connections and overload: one of the two that it may have ends as the second begins. */
  @JCStressTest
  @Outcome(id = "1, false", expect = ACCEPTABLE, desc = "less than three quarters of two")
  @Outcome(id = "1, true", expect = FORBIDDEN, desc = "overloaded for ever, if nothing else comes")
  @Outcome(expect = FORBIDDEN, desc = "counted wrongly")
  @State
  public static class ReachVsRelease {
    private final Destination server = Servers.one();
    private final Assignment claim = Servers.open(server);

    public ReachVsRelease() {
      server.thresholds(2, 0);
    }

    @Actor
    public void open() {
      Servers.open(server);
    }

    @Actor
    public void release() {
      claim.release(SUCCESS);
    }

    @Arbiter
    public void end(JZ_Result r) {
      r.r1 = server.open();
      r.r2 = server.isOverloaded();
    }
  }

  /** Open connections and overload: the only one that it may have ends as another begins. */
  @JCStressTest
  @Outcome(id = "1, true", expect = ACCEPTABLE, desc = "as many as it may have")
  @Outcome(id = "1, false", expect = FORBIDDEN, desc = "would get one more than it may have")
  @Outcome(expect = FORBIDDEN, desc = "counted wrongly")
  @State
  public static class FullVsRelease {
    private final Destination server = Servers.one();
    private final Assignment claim = new Assignment();

    public FullVsRelease() {
      server.thresholds(1, 0);
      claim.assign(server, 0);
    }

    @Actor
    public void open() {
      Servers.open(server);
    }

    @Actor
    public void release() {
      claim.release(SUCCESS);
    }

    @Arbiter
    public void end(JZ_Result r) {
      r.r1 = server.open();
      r.r2 = server.isOverloaded();
    }
  }

  /** Open connections and overload: all of them end, on both threads. */
  @JCStressTest
  @Outcome(id = "0, false", expect = ACCEPTABLE, desc = "nobody is left")
  @Outcome(id = "0, true", expect = FORBIDDEN, desc = "overloaded with nobody left")
  @Outcome(expect = FORBIDDEN, desc = "counted wrongly")
  @State
  public static class OpenAndRelease {
    private final Destination server = Servers.one();

    public OpenAndRelease() {
      server.thresholds(2, 0);
    }

    @Actor
    public void one() {
      Servers.open(server).release(SUCCESS);
    }

    @Actor
    public void other() {
      Servers.open(server).release(SUCCESS);
    }

    @Arbiter
    public void end(JZ_Result r) {
      r.r1 = server.open();
      r.r2 = server.isOverloaded();
    }
  }

  /** Open connections and overload: the threshold is taken away as it is reached. */
  @JCStressTest
  @Outcome(id = "1, false", expect = ACCEPTABLE, desc = "as many as there come")
  @Outcome(id = "1, true", expect = FORBIDDEN, desc = "overloaded without a threshold, for ever")
  @Outcome(expect = FORBIDDEN, desc = "counted wrongly")
  @State
  public static class ReachVsNoThreshold {
    private final Destination server = Servers.one();

    public ReachVsNoThreshold() {
      server.thresholds(1, 0);
    }

    @Actor
    public void open() {
      Servers.open(server);
    }

    @Actor
    public void change() {
      server.thresholds(0, 0);
    }

    @Arbiter
    public void end(JZ_Result r) {
      r.r1 = server.open();
      r.r2 = server.isOverloaded();
    }
  }

  /** As {@link ReachVsNoThreshold}, but it is raised. */
  @JCStressTest
  @Outcome(id = "1, false", expect = ACCEPTABLE, desc = "it may have ten")
  @Outcome(id = "1, true", expect = FORBIDDEN, desc = "overloaded with one of ten")
  @Outcome(expect = FORBIDDEN, desc = "counted wrongly")
  @State
  public static class ReachVsHigherThreshold {
    private final Destination server = Servers.one();

    public ReachVsHigherThreshold() {
      server.thresholds(1, 0);
    }

    @Actor
    public void open() {
      Servers.open(server);
    }

    @Actor
    public void change() {
      server.thresholds(10, 0);
    }

    @Arbiter
    public void end(JZ_Result r) {
      r.r1 = server.open();
      r.r2 = server.isOverloaded();
    }
  }

  /** How often it is told that it is suspended, and whether it is. */
  @JCStressTest
  @Outcome(id = "1, true", expect = ACCEPTABLE, desc = "told by who was first")
  @Outcome(expect = FORBIDDEN, desc = "told twice, or never")
  @State
  public static class FailedVsFailed {
    private final AtomicInteger told = new AtomicInteger();
    private final Destination server = Servers.one(suspended -> told.incrementAndGet());
    private final Assignment one = Servers.open(server);
    private final Assignment other = Servers.open(server);

    @Actor
    public void fail() {
      one.release(CONNECT_FAILED);
    }

    @Actor
    public void failToo() {
      other.release(CONNECT_FAILED);
    }

    @Arbiter
    public void end(IZ_Result r) {
      r.r1 = told.get();
      r.r2 = server.isSuspended();
    }
  }

  /** Overload and suspension, which share a word. */
  @JCStressTest
  @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "suspended, not overloaded")
  @Outcome(expect = FORBIDDEN, desc = "one undid the other")
  @State
  public static class SuspendVsRelease {
    private final Destination server = Servers.one();
    private final Assignment claim = new Assignment();

    public SuspendVsRelease() {
      server.thresholds(1, 0);
      claim.assign(server, 0);
    }

    @Actor
    public void suspend() {
      server.suspend(true);
    }

    @Actor
    public void release() {
      claim.release(SUCCESS);
    }

    @Arbiter
    public void end(ZZ_Result r) {
      r.r1 = server.isSuspended();
      r.r2 = server.isOverloaded();
    }
  }

  /** How often it was told of failures, what the reader took then, and what is left to take. */
  @JCStressTest
  @Outcome(id = "1, 2, 0", expect = ACCEPTABLE, desc = "the reader saw both")
  @Outcome(id = "2, 1, 2", expect = ACCEPTABLE, desc = "the second was told after the reader")
  @Outcome(id = "2, 2, 0", expect = ACCEPTABLE, desc = "seen, and told all the same")
  @Outcome(id = "1, 1, 2", expect = FORBIDDEN, desc = "a failure of which nobody is told")
  @Outcome(expect = FORBIDDEN, desc = "counted wrongly")
  @State
  public static class FailedVsTaken {
    private final AtomicInteger told = new AtomicInteger();
    private final Destination server = Servers.one();
    private final Assignment claim = Servers.open(server);

    public FailedVsTaken() {
      server.onFailure(failed -> told.incrementAndGet());
      Servers.open(server).release(FAILED);
    }

    @Actor
    public void fail() {
      claim.release(FAILED);
    }

    @Actor
    public void take(III_Result r) {
      r.r2 = server.takeFailuresInARow();
    }

    @Arbiter
    public void end(III_Result r) {
      r.r1 = told.get();
      r.r3 = server.takeFailuresInARow();
    }
  }

  /** Failures that the reader counted, and those that it was told of and can count now. */
  @JCStressTest
  @Outcome(id = "1, false", expect = ACCEPTABLE, desc = "the reader counted it")
  @Outcome(id = "0, true", expect = ACCEPTABLE, desc = "it is told, and counted next time")
  @Outcome(id = "1, true", expect = ACCEPTABLE, desc = "counted, and told all the same")
  @Outcome(id = "0, false", expect = FORBIDDEN, desc = "never counted")
  @State
  public static class FailedVsCounted {
    private final AtomicInteger told = new AtomicInteger();
    private final Destination server = Servers.one();
    private final Assignment claim = Servers.open(server);

    public FailedVsCounted() {
      server.onFailure(failed -> told.incrementAndGet());
      // So that the next one finds the flag set, and an old row that is longer.
      Servers.open(server).release(TIMED_OUT);
      Servers.open(server).release(TIMED_OUT);
    }

    @Actor
    public void fail() {
      claim.release(FAILED);
    }

    @Actor
    public void take(IZ_Result r) {
      server.takeFailuresInARow();
      r.r1 = (int) server.released(FAILED);
    }

    @Arbiter
    public void end(IZ_Result r) {
      r.r2 = told.get() == 2;
    }
  }

  /** The row of failures: two at once, of which each counts. */
  @JCStressTest
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "both are in the row")
  @Outcome(expect = FORBIDDEN, desc = "one is lost")
  @State
  public static class RowOfTwo {
    private final Destination server = Servers.one();
    private final Assignment one = Servers.open(server);
    private final Assignment other = Servers.open(server);

    @Actor
    public void fail() {
      one.release(FAILED);
    }

    @Actor
    public void failToo() {
      other.release(FAILED);
    }

    @Arbiter
    public void end(I_Result r) {
      r.r1 = server.takeFailuresInARow();
    }
  }

  /** The row of failures: one more as a success ends it, and one after both. */
  @JCStressTest
  @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "the success came first")
  @Outcome(id = "3, 1", expect = ACCEPTABLE, desc = "the failure came first")
  @Outcome(expect = FORBIDDEN, desc = "counted wrongly")
  @State
  public static class RowVsSuccess {
    private final Destination server = Servers.one();
    private final Assignment failing = Servers.open(server);
    private final Assignment passing = Servers.open(server);

    public RowVsSuccess() {
      Servers.open(server).release(FAILED);
      Servers.open(server).release(FAILED);
      server.takeFailuresInARow();
    }

    @Actor
    public void fail() {
      failing.release(FAILED);
    }

    @Actor
    public void pass() {
      passing.release(SUCCESS);
    }

    @Arbiter
    public void end(II_Result r) {
      r.r1 = server.takeFailuresInARow();
      Servers.open(server).release(FAILED);
      r.r2 = server.takeFailuresInARow();
    }
  }

  /** Trial connections that are open, and whether it is barred: one ends as another begins. */
  @JCStressTest
  @Outcome(id = "1, true", expect = ACCEPTABLE, desc = "as many as it may have")
  @Outcome(id = "1, false", expect = FORBIDDEN, desc = "would get one more than it may have")
  @Outcome(expect = FORBIDDEN, desc = "counted wrongly")
  @State
  public static class TrialFullVsRelease {
    private final Destination server = Servers.one();
    private final Trial trial = new Trial(1);
    private final Assignment claim = new Assignment();

    public TrialFullVsRelease() {
      server.trial(trial);
      claim.assign(server, 0);
    }

    @Actor
    public void open() {
      Servers.open(server);
    }

    @Actor
    public void release() {
      claim.release(SUCCESS);
    }

    @Arbiter
    public void end(IZ_Result r) {
      r.r1 = trial.open();
      r.r2 = server.isEjected();
    }
  }

  /** Whether it is barred: the trial is over as it is full. */
  @JCStressTest
  @Outcome(id = "false", expect = ACCEPTABLE, desc = "as many as there come")
  @Outcome(id = "true", expect = FORBIDDEN, desc = "ejected without a trial, for ever")
  @State
  public static class TrialFullVsEnd {
    private final Destination server = Servers.one();

    public TrialFullVsEnd() {
      server.trial(new Trial(1));
    }

    @Actor
    public void open() {
      Servers.open(server);
    }

    @Actor
    public void end() {
      server.trial(null);
    }

    @Arbiter
    public void end(Z_Result r) {
      r.r1 = server.isEjected();
    }
  }

  /** Ejection and suspension, which share a word. */
  @JCStressTest
  @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "suspended, not ejected")
  @Outcome(expect = FORBIDDEN, desc = "one undid the other")
  @State
  public static class SuspendVsEject {
    private final Destination server = Servers.one();
    private final Assignment claim = Servers.open(server);

    public SuspendVsEject() {
      server.eject(true);
    }

    @Actor
    public void fail() {
      claim.release(CONNECT_FAILED);
    }

    @Actor
    public void comeBack() {
      server.eject(false);
    }

    @Arbiter
    public void end(ZZ_Result r) {
      r.r1 = server.isSuspended();
      r.r2 = server.isEjected();
    }
  }
}

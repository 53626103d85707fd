package io.evenkeel.pool;

import static io.evenkeel.pool.Outcome.FAILED;
import static io.evenkeel.pool.Outcome.SUCCESS;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.evenkeel.stress.Servers;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJZ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** One connection that two threads report about: it is counted exactly once. */
public final class AssignmentStress {
  private AssignmentStress() {}

  /** Released connections, double releases, open connections. */
  @JCStressTest
  @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "one of them released it")
  @Outcome(expect = FORBIDDEN, desc = "counted twice, or never")
  @State
  public static class ReleaseVsRelease {
    private final Destination server = Servers.one();
    private final Assignment claim = Servers.open(server);

    @Actor
    public void one() {
      claim.release(SUCCESS);
    }

    @Actor
    public void other() {
      claim.release(FAILED);
    }

    @Arbiter
    public void end(JJJ_Result r) {
      r.r1 = server.released(SUCCESS) + server.released(FAILED);
      r.r2 = server.doubleReleases();
      r.r3 = server.open();
    }
  }

  /** Open connections as the releasing thread reads them; at the end: load, overload. */
  @JCStressTest
  @Outcome(id = "0, 0, false", expect = ACCEPTABLE, desc = "nobody is left")
  @Outcome(id = "0, 0, true", expect = FORBIDDEN, desc = "overloaded with nobody left")
  @Outcome(expect = FORBIDDEN, desc = "counted wrongly")
  @State
  public static class EstablishedVsRelease {
    private final Destination server = Servers.one();
    private final Assignment claim = new Assignment();

    public EstablishedVsRelease() {
      server.thresholds(1, 0);
      claim.assign(server, 0);
    }

    @Actor
    public void establish() {
      claim.established();
    }

    @Actor
    public void release(JJZ_Result r) {
      claim.release(SUCCESS);
      r.r1 = server.open();
    }

    @Arbiter
    public void end(JJZ_Result r) {
      r.r2 = server.overhead();
      r.r3 = server.isOverloaded();
    }
  }

  /** As {@link EstablishedVsRelease}. */
  @JCStressTest
  @Outcome(id = "0, 0, false", expect = ACCEPTABLE, desc = "nobody is left")
  @Outcome(id = "0, 0, true", expect = FORBIDDEN, desc = "overloaded with nobody left")
  @Outcome(expect = FORBIDDEN, desc = "counted wrongly")
  @State
  public static class ClosingVsRelease {
    private final Destination server = Servers.one();
    private final Assignment claim = new Assignment();

    public ClosingVsRelease() {
      server.thresholds(1, 0);
      claim.assign(server, 0);
      claim.established();
    }

    @Actor
    public void close() {
      claim.closing();
    }

    @Actor
    public void release(JJZ_Result r) {
      claim.release(SUCCESS);
      r.r1 = server.open();
    }

    @Arbiter
    public void end(JJZ_Result r) {
      r.r2 = server.overhead();
      r.r3 = server.isOverloaded();
    }
  }

  /** Active and inactive connections. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "established, then closing")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "closing had no effect yet")
  @Outcome(expect = FORBIDDEN, desc = "counted wrongly")
  @State
  public static class EstablishedVsClosing {
    private final Destination server = Servers.one();
    private final Assignment claim = Servers.open(server);

    @Actor
    public void establish() {
      claim.established();
    }

    @Actor
    public void close() {
      claim.closing();
    }

    @Arbiter
    public void end(JJ_Result r) {
      r.r1 = server.active();
      r.r2 = server.inactive();
    }
  }

  /** Open connections, read twice while one of them changes. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "one, active or not")
  @Outcome(expect = FORBIDDEN, desc = "a total of two moments")
  @State
  public static class ChangeVsTotal {
    private final Destination server = Servers.one();
    private final Assignment claim = Servers.open(server);

    @Actor
    public void change() {
      claim.established();
      claim.closing();
    }

    @Actor
    public void read(JJ_Result r) {
      r.r1 = server.open();
      r.r2 = server.open();
    }
  }
}

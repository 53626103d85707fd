package io.evenkeel.vrrp.track;

import io.evenkeel.vrrp.track.Reading.UpOrDown;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends probes in rounds. */
final class ReachabilitySource extends Source {
  private static final Logger LOG = LoggerFactory.getLogger(Tracked.class);

  private final List<Probe> probes;
  private final ReachabilityRule rule;

  ReachabilitySource(String name, List<Probe> probes, ReachabilityRule rule) {
    super("reachability " + name);
    this.probes = probes;
    this.rule = rule;
  }

  @Override
  Runnable begin(Consumer<Reading> readings) {
    Rounds rounds = new Rounds(readings);
    ScheduledFuture<?> turns =
        Workers.TIMER.scheduleWithFixedDelay(
            rounds::turn, 0, Workers.nanos(rule.interval()), TimeUnit.NANOSECONDS);
    return () -> turns.cancel(false);
  }

  private final class Rounds {
    private final Consumer<Reading> readings;

    /** The timer's alone. */
    private @Nullable Round current;

    /** Guarded by this object's lock. */
    private RiseFall state = RiseFall.unknown(1, rule.fall());

    Rounds(Consumer<Reading> readings) {
      this.readings = readings;
    }

    /** An exception would end the turns; whom it has kept from being asked has said no. */
    void turn() {
      try {
        Round before = current;
        if (before != null) {
          before.end();
        }
        Round round = new Round(probes, this::take);
        current = round;
        Workers.TIMER.schedule(round::end, Workers.nanos(rule.timeout()), TimeUnit.NANOSECONDS);
        round.ask();
      } catch (RuntimeException | Error e) {
        LOG.error("{}: not all asked", name(), e);
      }
    }

    private synchronized void take(Round round) {
      state = state.step(round.isPassed());
      readings.accept(new UpOrDown(state.isUp(), name() + ": " + round));
    }
  }
}

package io.evenkeel;

import io.evenkeel.model.Isolation;
import io.evenkeel.pool.Destination;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What connections say of the servers of all services that want to know. Used on the control
 * thread.
 */
final class Passives {
  /** How often breakers are fed and ejections may end, where the interval is longer. */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** One service's servers. */
  private final class Watch {
    final ServiceCell cell;
    final Isolation isolation;
    final PassiveHealth health;

    Watch(ServiceCell cell) {
      this.cell = cell;
      this.isolation = cell.now().service().isolation();
      this.health =
          new PassiveHealth(
              isolation.outliers(),
              isolation.breaker(),
              isFit,
              destination -> control.execute(() -> failed(destination)));
    }

    boolean isWanted() {
      return watches.get(cell) == this;
    }

    void failed(Destination destination) {
      if (isWanted()) {
        health.failed(destination, nanoTime.getAsLong()).forEach(onVerdict);
      }
    }

    void look() {
      health
          .look(List.copyOf(cell.now().servers().values()), nanoTime.getAsLong())
          .forEach(onVerdict);
    }

    void lookLater() {
      long interval =
          isolation.outliers() == null
              ? LOOK_NANOS
              : Math.min(LOOK_NANOS, isolation.outliers().interval().toNanos());
      control.schedule(
          () -> {
            if (isWanted()) {
              look();
              lookLater();
            }
          },
          interval,
          TimeUnit.NANOSECONDS);
    }
  }

  private final ScheduledExecutorService control;
  private final LongSupplier nanoTime;
  private final Predicate<Destination> isFit;
  private final Consumer<PassiveHealth.Verdict> onVerdict;
  private final Map<ServiceCell, Watch> watches = new HashMap<>();

  Passives(
      ScheduledExecutorService control,
      LongSupplier nanoTime,
      Predicate<Destination> isFit,
      Consumer<PassiveHealth.Verdict> onVerdict) {
    this.control = control;
    this.nanoTime = nanoTime;
    this.isFit = isFit;
    this.onVerdict = onVerdict;
  }

  /** Watches the servers of these services from now on, and no others. */
  void follow(Collection<ServiceCell> cells) {
    Set<ServiceCell> gone = new HashSet<>(watches.keySet());
    gone.removeAll(cells);
    gone.forEach(cell -> end(watches.remove(cell)));
    for (ServiceCell cell : cells) {
      Isolation isolation = cell.now().service().isolation();
      Watch before = watches.get(cell);
      if (before != null && isSame(before.isolation, isolation)) {
        before.look();
      } else {
        end(watches.remove(cell));
        if (isolation.outliers() != null || isolation.breaker() != null) {
          Watch watch = new Watch(cell);
          watches.put(cell, watch);
          watch.look();
          watch.lookLater();
        }
      }
    }
  }

  /** Who of a service's servers is fit may have changed. */
  void look(ServiceCell cell) {
    Watch watch = watches.get(cell);
    if (watch != null) {
      watch.look();
    }
  }

  /** A check of a server passed. */
  void passed(Destination destination, ServiceCell cell) {
    Watch watch = watches.get(cell);
    if (watch != null && watch.health.isEjected(destination)) {
      watch.health.checkPassed(destination, nanoTime.getAsLong()).forEach(onVerdict);
    }
  }

  private static boolean isSame(Isolation one, Isolation other) {
    return Objects.equals(one.outliers(), other.outliers())
        && Objects.equals(one.breaker(), other.breaker());
  }

  private void end(@Nullable Watch watch) {
    if (watch != null) {
      watch.health.end().forEach(onVerdict);
    }
  }
}

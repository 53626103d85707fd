package io.evenkeel.kernel.plane;

import io.evenkeel.ConnectionStatus;
import io.evenkeel.EffectiveService;
import io.evenkeel.PlaneContext;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the kernel's table what the director wants, when it says so and at intervals. The kernel is
 * asked by one thread of the plane's own, as it may take its time.
 */
final class IpvsDataPlane implements KernelPlane {
  private static final Logger LOG = LoggerFactory.getLogger(IpvsPlane.class);
  private static final long CLOSING_POLL_MILLIS = 50;

  private final IpvsPlane options;
  private final PlaneContext context;
  private final Kernel.Opening opening;
  private final ScheduledExecutorService thread;

  // Guarded by this.
  private List<EffectiveService> asked = List.of();
  private Elsewhere askedElsewhere = Elsewhere.NOTHING;
  private @Nullable CompletableFuture<Void> pending;

  // Used on the thread.
  private final Counts counts;
  private final Set<Destination> cut = new HashSet<>();
  private List<EffectiveService> services = List.of();
  private Elsewhere elsewhere = Elsewhere.NOTHING;
  private @Nullable Reconciler reconciler;
  private @Nullable Counter mended;
  private boolean closing;

  /** What failed last, so that it is logged once. */
  private String trouble = "";

  IpvsDataPlane(IpvsPlane options, PlaneContext context) {
    this(options, context, Kernel::open);
  }

  IpvsDataPlane(IpvsPlane options, PlaneContext context, Kernel.Opening opening) {
    this.options = options;
    this.context = context;
    this.opening = opening;
    this.counts = new Counts(context.meterRegistry());
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, "evenkeel-ipvs");
              made.setDaemon(true);
              return made;
            });
  }

  @Override
  public List<String> validate(Collection<VirtualService> wanted) {
    return Limits.problems(wanted, options.expireNodest());
  }

  @Override
  public CompletionStage<Void> apply(Collection<EffectiveService> wanted) {
    return apply(wanted, Elsewhere.NOTHING);
  }

  @Override
  public synchronized CompletionStage<Void> apply(
      Collection<EffectiveService> wanted, Elsewhere others) {
    asked = List.copyOf(wanted);
    askedElsewhere = others;
    CompletableFuture<Void> result = pending;
    if (result == null) {
      try {
        thread.execute(this::carry);
      } catch (RejectedExecutionException e) {
        return CompletableFuture.failedFuture(new IllegalStateException("closed", e));
      }
      result = new CompletableFuture<>();
      pending = result;
    }
    return result.copy();
  }

  private void carry() {
    CompletableFuture<Void> result;
    synchronized (this) {
      services = asked;
      elsewhere = askedElsewhere;
      result = pending;
      pending = null;
    }
    try {
      if (closing) {
        throw new IllegalStateException("closed");
      }
      begin();
      reconcile();
      complete(result, null);
    } catch (Throwable e) {
      complete(result, e);
    }
  }

  private void begin() {
    if (mended == null) {
      mended =
          Counter.builder("evenkeel.ipvs.mended")
              .description("Services of the kernel's table that others had changed")
              .register(context.meterRegistry());
      long nanos = options.resync().toNanos();
      thread.scheduleWithFixedDelay(this::resync, nanos, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private static void complete(@Nullable CompletableFuture<Void> result, @Nullable Throwable e) {
    if (result == null) {
      return;
    }
    if (e == null) {
      result.complete(null);
    } else {
      result.completeExceptionally(e);
    }
  }

  private void resync() {
    if (closing) {
      return;
    }
    try {
      reconcile();
      trouble = "";
    } catch (Throwable e) {
      // Nobody would hear of it, and there would be no further round.
      String words = e instanceof Exception ? String.valueOf(e.getMessage()) : e.toString();
      if (!words.equals(trouble)) {
        trouble = words;
        LOG.warn("the kernel's table is not as it should be, tried again: {}", words, e);
      }
    }
  }

  private void reconcile() throws IOException {
    open().reconcile(services, cut, elsewhere);
    Set<Destination> known = counts.cells();
    services.forEach(
        service -> {
          for (int i = 0; i < service.destinations().size(); i++) {
            if (service.destinations().weight(i) == 0) {
              known.add(service.destinations().get(i));
            } else {
              known.remove(service.destinations().get(i));
            }
          }
        });
    cut.retainAll(known);
  }

  private Reconciler open() throws IOException {
    Reconciler current = reconciler;
    if (current == null) {
      Kernel kernel = opening.open(options.namespace());
      try {
        current = new Reconciler(options, kernel, counts, context.reporter(), this::countMended);
        reconciler = current;
      } catch (IOException | RuntimeException e) {
        kernel.close();
        throw e;
      }
    }
    return current;
  }

  private void countMended() {
    if (mended != null) {
      mended.increment();
    }
  }

  @Override
  public void cut(Set<Destination> servers) {
    List<Destination> all = List.copyOf(servers);
    thread.execute(
        () -> {
          cut.addAll(all);
          if (!options.expireNodest()) {
            LOG.warn(
                "{}: their packets are dropped, as the kernel closes connections only with"
                    + " expire_nodest_conn",
                all);
          }
          resync();
        });
  }

  @Override
  public List<CompletionStage<List<ConnectionStatus>>> connections() {
    CompletableFuture<List<ConnectionStatus>> result = new CompletableFuture<>();
    thread.execute(
        () -> {
          try {
            Reconciler current = reconciler;
            result.complete(current == null ? List.of() : current.connections(services));
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return List.of(result);
  }

  @Override
  public CompletionStage<Integer> close(Duration grace) {
    CompletableFuture<Integer> result = new CompletableFuture<>();
    long nanos = TimeUnit.NANOSECONDS.convert(grace);
    thread.execute(() -> close(System.nanoTime(), nanos, result));
    return result;
  }

  private void close(long sinceNanos, long graceNanos, CompletableFuture<Integer> result) {
    closing = true;
    Reconciler current = reconciler;
    int left = 0;
    try {
      if (current != null && options.whenStopped() == IpvsPlane.WhenStopped.REMOVE) {
        long active = current.quiesce();
        if (active > 0 && System.nanoTime() - sinceNanos < graceNanos) {
          thread.schedule(
              () -> close(sinceNanos, graceNanos, result),
              CLOSING_POLL_MILLIS,
              TimeUnit.MILLISECONDS);
          return;
        }
        current.remove();
        left = (int) Math.min(active, Integer.MAX_VALUE);
      }
      end();
      result.complete(left);
    } catch (Throwable e) {
      end();
      result.completeExceptionally(e);
    }
  }

  private void end() {
    // What waits in the queue still runs, and tells who waits for it that this is closed.
    thread.shutdown();
    counts.end();
    if (mended != null) {
      context.meterRegistry().remove(mended);
    }
    if (reconciler != null) {
      reconciler.close();
    }
  }
}

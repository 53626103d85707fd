package io.evenkeel;

import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The data planes of a director, whatever they throw. Used on the control thread. */
final class Planes {
  private static final Logger LOG = LoggerFactory.getLogger(Director.class);
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final List<DataPlane> planes;

  /** From then on nothing is said to them: a plane would begin to carry again. */
  private boolean closed;

  Planes(List<DataPlane> planes) {
    this.planes = planes;
  }

  List<String> validate(Collection<VirtualService> services) {
    List<String> problems = new ArrayList<>();
    planes.forEach(plane -> problems.addAll(plane.validate(services)));
    return problems;
  }

  /**
   * Has services carried, and waits until they are.
   *
   * @throws InvalidConfigurationException if one plane does not
   */
  void carry(Collection<EffectiveService> services) {
    for (DataPlane plane : planes) {
      try {
        await(started(() -> plane.apply(services)), TIMEOUT_NANOS);
      } catch (FailedException e) {
        throw new InvalidConfigurationException(e.problem(), e.failure());
      }
    }
  }

  /** Has services carried without waiting; a verdict may come after the end. */
  void offer(Collection<EffectiveService> services) {
    if (closed) {
      return;
    }
    for (DataPlane plane : planes) {
      started(() -> plane.apply(services))
          .whenComplete(
              (done, failure) -> {
                if (failure != null) {
                  LOG.warn("a data plane does not carry all services: {}", failure.toString());
                }
              });
    }
  }

  /** Asks all for their connections; each part completes, with none if it failed. */
  List<CompletableFuture<List<ConnectionStatus>>> connections() {
    List<CompletableFuture<List<ConnectionStatus>>> parts = new ArrayList<>();
    for (DataPlane plane : planes) {
      try {
        plane.connections().forEach(part -> parts.add(listed(part)));
      } catch (RuntimeException e) {
        parts.add(listed(CompletableFuture.failedFuture(e)));
      }
    }
    return parts;
  }

  private static CompletableFuture<List<ConnectionStatus>> listed(
      CompletionStage<List<ConnectionStatus>> part) {
    return part.toCompletableFuture()
        .orTimeout(TIMEOUT_NANOS, TimeUnit.NANOSECONDS)
        .exceptionally(
            failure -> {
              LOG.warn("a data plane does not list all of its connections", failure);
              return List.of();
            });
  }

  /** Says that servers were removed, if any were. */
  void removed(Set<Destination> servers) {
    say(servers, DataPlane::removed);
  }

  /** Has the connections to servers closed, if there are any servers. */
  void cut(Set<Destination> servers) {
    say(servers, DataPlane::cut);
  }

  private void say(Set<Destination> servers, BiConsumer<DataPlane, Set<Destination>> what) {
    if (closed || servers.isEmpty()) {
      return;
    }
    for (DataPlane plane : planes) {
      try {
        what.accept(plane, Collections.unmodifiableSet(servers));
      } catch (RuntimeException e) {
        LOG.warn("{}: a data plane does not let go of them", servers, e);
      }
    }
  }

  /** Closes all; returns how many connections were cut off. */
  int close(Duration grace) {
    closed = true;
    List<CompletableFuture<Integer>> closing =
        planes.stream().map(plane -> started(() -> plane.close(grace))).toList();
    // A grace of centuries must not overflow.
    long limit =
        Math.min(TimeUnit.NANOSECONDS.convert(grace), Long.MAX_VALUE - TIMEOUT_NANOS)
            + TIMEOUT_NANOS;
    int cut = 0;
    for (CompletableFuture<Integer> plane : closing) {
      try {
        cut += await(plane, limit);
      } catch (FailedException e) {
        LOG.warn("a data plane did not close: {}", e.problem());
      }
    }
    return cut;
  }

  private static <T> CompletableFuture<T> started(Supplier<CompletionStage<T>> call) {
    try {
      return call.get().toCompletableFuture();
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static <T> T await(CompletableFuture<T> future, long timeoutNanos)
      throws FailedException {
    try {
      return future.get(timeoutNanos, TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new FailedException(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw new FailedException(
          new TimeoutException("not done within " + timeoutNanos / 1_000_000 + " ms"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException(e);
    }
  }

  private static final class FailedException extends Exception {
    private static final long serialVersionUID = 1;

    private final Throwable failure;

    FailedException(Throwable failure) {
      super(failure);
      this.failure = failure;
    }

    Throwable failure() {
      return failure;
    }

    String problem() {
      return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
  }
}

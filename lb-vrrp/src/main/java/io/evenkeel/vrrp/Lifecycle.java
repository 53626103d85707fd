package io.evenkeel.vrrp;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Starts and stops routers that move together. Thread-safe. */
final class Lifecycle {
  private final String name;
  private final List<Board> routers;
  private final GroupSettings settings;
  private final RouterListeners listeners;
  private @Nullable LiveGroup running;

  /**
   * A group's.
   *
   * @param listeners of the group itself; a router by itself has none
   */
  Lifecycle(String name, List<Board> routers, GroupSettings settings, RouterListeners listeners) {
    this.name = name;
    this.routers = routers;
    this.settings = settings;
    this.listeners = listeners;
  }

  synchronized void start() throws IOException {
    if (running != null) {
      throw new IllegalStateException("router: " + name + " runs (expected: stopped)");
    }
    running = LiveGroup.start(name, routers, settings, listeners);
  }

  synchronized void close() {
    if (running != null) {
      running.close();
      running = null;
    }
  }

  /** After the base priority of one has changed. */
  synchronized void priorityChanged() {
    if (running != null) {
      running.priorityChanged();
    }
  }

  /** Asks what runs, before it can end. */
  synchronized CompletableFuture<Void> ask(Function<LiveGroup, CompletableFuture<Void>> question) {
    return running == null
        ? CompletableFuture.failedFuture(
            new IllegalStateException("router: " + name + " is stopped (expected: running)"))
        : question.apply(running);
  }

  @Override
  public String toString() {
    return name;
  }
}

package io.evenkeel.vrrp.track;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that is watched once, however many depend on it, and only while somebody does.
 * Thread-safe.
 */
abstract class Source {
  private static final Logger LOG = LoggerFactory.getLogger(Tracked.class);

  private final String name;

  /** The fields below are guarded by this object's lock. */
  private final Set<Watcher> watchers = new LinkedHashSet<>();

  private @Nullable Runnable end;
  private @Nullable Reading last;
  private long beginning;

  Source(String name) {
    this.name = name;
  }

  final String name() {
    return name;
  }

  final Reading unknown() {
    return new Reading.Unknown(name + ": nothing known yet");
  }

  /**
   * Begins.
   *
   * @param readings to be told of what is found, from any thread
   * @return ends it
   */
  abstract Runnable begin(Consumer<Reading> readings);

  /**
   * Watches.
   *
   * @param consumer told what is known already, and of what is found, outside all locks, one at a
   *     time; of several that come while it is busy, the last
   * @return ends it
   */
  final Runnable watch(Consumer<Reading> consumer) {
    Watcher watcher = new Watcher(consumer);
    synchronized (this) {
      if (end == null) {
        long now = ++beginning;
        end = begin(reading -> tell(now, reading));
      }
      watchers.add(watcher);
      watcher.next = last;
    }
    watcher.tell();
    return () -> forget(watcher);
  }

  private void tell(long begun, Reading reading) {
    Set<Watcher> all;
    synchronized (this) {
      if (begun != beginning) {
        return;
      }
      last = reading;
      all = Set.copyOf(watchers);
      all.forEach(watcher -> watcher.next = reading);
    }
    all.forEach(Watcher::tell);
  }

  private void forget(Watcher watcher) {
    Runnable ended = null;
    synchronized (this) {
      if (watchers.remove(watcher) && watchers.isEmpty()) {
        ended = end;
        end = null;
        last = null;
        beginning++;
      }
    }
    if (ended != null) {
      ended.run();
    }
  }

  private static final class Watcher {
    private final Consumer<Reading> consumer;
    private final AtomicInteger calls = new AtomicInteger();

    /** Written by who has news, in their order; read by the one who tells. */
    private volatile @Nullable Reading next;

    Watcher(Consumer<Reading> consumer) {
      this.consumer = consumer;
    }

    void tell() {
      if (calls.getAndIncrement() > 0) {
        return;
      }
      int seen;
      do {
        seen = calls.get();
        Reading reading = next;
        if (reading != null) {
          try {
            consumer.accept(reading);
          } catch (RuntimeException | Error e) {
            LOG.error("{}", reading, e);
          }
        }
      } while (calls.addAndGet(-seen) > 0);
    }
  }
}

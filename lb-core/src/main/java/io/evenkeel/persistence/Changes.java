package io.evenkeel.persistence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Which templates another node is to be told of: those that were made, and those whose end is later
 * by at least a quarter of their timeout than was said last. A template waits at most once, so that
 * who is slow is told of its last change only; ends are not told, since who was told of a template
 * knows when it ends.
 *
 * <p>Templates are put in by any thread, also within a cache's lock, without lock or allocation;
 * taken by one at a time.
 */
public final class Changes {
  private static final int PARTS_OF_TIMEOUT = 4;
  private static final VarHandle HEAD;
  private static final VarHandle WAITS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      HEAD = lookup.findVarHandle(Changes.class, "head", ToldTemplate.class);
      WAITS = lookup.findVarHandle(ToldTemplate.class, "waits", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final int capacity;
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder lost = new LongAdder();

  /** The last one put in, linked to those before it; null: none. */
  private volatile @Nullable ToldTemplate head;

  /** Out of {@link #head} and in order; of the thread that takes. */
  private @Nullable ToldTemplate taken;

  /**
   * None.
   *
   * @param capacity how many may wait, 1 or more; what changes beyond is lost
   */
  public Changes(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Shows the next one that lives, if there is one.
   *
   * @param nowNanos monotonic time
   * @param visitor called at most once
   * @return whether there was one
   */
  public boolean take(long nowNanos, Templates.Visitor visitor) {
    while (true) {
      ToldTemplate next = next();
      if (next == null) {
        return false;
      }
      long left = next.timeLeftNanos(nowNanos);
      if (next.isCounted() && left > 0) {
        visitor.visit(next.client.address(), next, left);
        return true;
      }
    }
  }

  /**
   * Changes that were not told, because too many waited.
   *
   * @return a sum that only grows
   */
  public long lost() {
    return lost.sum();
  }

  /** It was held by a new connection. */
  void held(Template template, long nowNanos) {
    ToldTemplate told = (ToldTemplate) template;
    if (told.deadlineNanos() - told.toldNanos >= told.timeoutNanos() / PARTS_OF_TIMEOUT) {
      add(told, nowNanos);
    }
  }

  /** Connections hold it beyond its time. */
  void outlived(Template template, long nowNanos) {
    ToldTemplate told = (ToldTemplate) template;
    if (nowNanos - told.toldNanos >= 0) {
      add(told, nowNanos);
    }
  }

  void add(Template template, long nowNanos) {
    ToldTemplate told = (ToldTemplate) template;
    told.toldNanos = nowNanos + told.timeLeftNanos(nowNanos);
    if (told.waits != 0) {
      return;
    }
    if (waiting.get() >= capacity) {
      lost.increment();
      return;
    }
    if (WAITS.compareAndSet(told, 0, 1)) {
      waiting.incrementAndGet();
      ToldTemplate before;
      do {
        before = head;
        told.next = before;
      } while (!HEAD.compareAndSet(this, before, told));
    }
  }

  private @Nullable ToldTemplate next() {
    if (taken == null) {
      taken = reversed((ToldTemplate) HEAD.getAndSet(this, (ToldTemplate) null));
    }
    ToldTemplate first = taken;
    if (first != null) {
      taken = first.next;
      first.next = null;
      waiting.decrementAndGet();
      // Before its state is looked at: what changes after this puts it in again.
      first.waits = 0;
    }
    return first;
  }

  private static @Nullable ToldTemplate reversed(@Nullable ToldTemplate last) {
    ToldTemplate first = null;
    while (last != null) {
      ToldTemplate before = last.next;
      last.next = first;
      first = last;
      last = before;
    }
    return first;
  }
}

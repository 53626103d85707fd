package io.evenkeel.persistence;

import io.evenkeel.pool.Destination;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A template of whose changes others are told, see {@link Changes}. */
final class ToldTemplate extends Template {
  final ClientKey client;

  /** Until when others know it to live, as of the last change that they are to be told of. */
  volatile long toldNanos;

  /** 1 while it waits to be told; written by {@link Changes}. */
  volatile int waits;

  /** The one that was to be told before; belongs to {@link Changes} while it waits. */
  @Nullable ToldTemplate next;

  /** One that others know as it is. */
  ToldTemplate(
      ClientKey client,
      Destination destination,
      LongSupplier nanoTime,
      long timeoutNanos,
      long deadlineNanos) {
    super(destination, nanoTime, timeoutNanos, deadlineNanos);
    this.client = client;
    this.toldNanos = deadlineNanos;
  }
}

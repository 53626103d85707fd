package io.evenkeel.proxy;

import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A walk over the connections of one worker that stops from time to time, so that their traffic
 * goes on. Everything but {@link #start} is done on the worker's event loop.
 *
 * <p>Newer connections stand before older ones: the walk does not meet those that come meanwhile,
 * and ends. One that goes meanwhile still leads to the one that stood behind it.
 */
final class Walk {
  private static final Logger LOG = LoggerFactory.getLogger(TcpProxy.class);

  /** How many are looked at before the loop does other things. */
  static final int AT_ONCE = 512;

  static final long PAUSE_MILLIS = 1;

  private final EventLoop loop;
  private final Supplier<@Nullable TcpRelay> first;
  private final Consumer<TcpRelay> action;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** Who is looked at next. */
  private @Nullable TcpRelay next;

  /**
   * Begins at nobody yet.
   *
   * @param loop where it goes on
   * @param first where it begins, asked on the loop
   * @param action what is done to each
   */
  Walk(EventLoop loop, Supplier<@Nullable TcpRelay> first, Consumer<TcpRelay> action) {
    this.loop = loop;
    this.first = first;
    this.action = action;
  }

  /**
   * Begins, where all who chose by what was known before have chosen by then. Called by any thread,
   * once.
   *
   * @return completes when it has met all, or cannot go on because the loop ends
   */
  CompletableFuture<Void> start() {
    try {
      loop.execute(
          () -> {
            next = first.get();
            goOn();
          });
    } catch (RejectedExecutionException e) {
      // The loops are somebody else's, who has ended them.
      ended.complete(null);
    }
    return ended;
  }

  private void goOn() {
    try {
      for (int i = 0; i < AT_ONCE && next != null; i++) {
        TcpRelay relay = next;
        next = relay.next;
        action.accept(relay);
      }
      // What a loop is told to do later in its last moments is neither done nor cancelled.
      if (next != null && !loop.isShuttingDown()) {
        // Not at once: what is executed at once comes before any I/O.
        loop.schedule(this::goOn, PAUSE_MILLIS, TimeUnit.MILLISECONDS)
            .addListener(
                pause -> {
                  if (pause.isCancelled()) {
                    ended.complete(null);
                  }
                });
        return;
      }
    } catch (RuntimeException | Error e) {
      LOG.warn("not all connections of an event loop were looked at", e);
    }
    ended.complete(null);
  }
}

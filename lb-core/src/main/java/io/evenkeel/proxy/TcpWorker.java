package io.evenkeel.proxy;

import io.evenkeel.ConnectionStatus;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketChannelConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one listener on one event loop. Everything but {@link #start}, {@link
 * #cutAll}, {@link #leave} and {@link #connections} is called on that loop only.
 */
final class TcpWorker {
  /**
   * Bounds what one direction holds for a reader that stalls: at most the upper mark, and one read
   * on top of it.
   */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 64 * 1024);

  /** Counts what a buffer takes, not what is in it: a peer may send single bytes. */
  static final MessageSizeEstimator BUFFER_SIZES = () -> message -> ((ByteBuf) message).capacity();

  private static final RecvByteBufAllocator READ_SIZES =
      new AdaptiveRecvByteBufAllocator(512, 2048, 64 * 1024);

  static final long LONGEST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Ticks in the shorter of the two time-outs, at the least. */
  private static final int RESOLUTION = 8;

  private final EventLoop loop;
  private final TcpListener listener;
  private final Flow flow = new Flow();
  private final long tickNanos;
  private final int connectTicks;
  private final int idleTicks;
  private boolean ticking;

  /** Linked through the relays themselves. */
  private @Nullable TcpRelay first;

  TcpWorker(EventLoop loop, TcpListener listener) {
    this.loop = loop;
    this.listener = listener;
    long connectNanos = listener.options().connectTimeout().toNanos();
    long idleNanos = listener.options().idleTimeout().toNanos();
    this.tickNanos =
        Math.max(Math.min(Math.min(connectNanos, idleNanos) / RESOLUTION, LONGEST_TICK_NANOS), 1);
    this.connectTicks = ticks(connectNanos);
    this.idleTicks = ticks(idleNanos);
    flow.destination(listener.address());
  }

  private int ticks(long nanos) {
    return (int) Math.min(nanos / tickNanos, Integer.MAX_VALUE);
  }

  EventLoop loop() {
    return loop;
  }

  TcpListener listener() {
    return listener;
  }

  /** The flow of a client, valid until the next call. */
  Flow flow(SocketChannel client) {
    return flow.client(client.remoteAddress());
  }

  /** Serves a client that was admitted. Called by any thread. */
  void start(SocketChannel client) {
    if (loop.inEventLoop()) {
      new TcpRelay(this, client).start();
    } else {
      loop.execute(() -> start(client));
    }
  }

  /** Ends every connection, without a pause: nobody is served after it. Called by any thread. */
  void cutAll() {
    loop.execute(
        () -> {
          for (TcpRelay relay = first; relay != null; ) {
            TcpRelay next = relay.next;
            relay.cut();
            relay = next;
          }
        });
  }

  /** Ends every connection to servers that are not chosen any more. Called by any thread. */
  void leave(Set<Destination> servers) {
    walk(relay -> relay.leave(servers));
  }

  /** What it carries. Called by any thread; completes on the loop. */
  CompletionStage<List<ConnectionStatus>> connections() {
    List<ConnectionStatus> found = new ArrayList<>();
    return walk(relay -> {
          ConnectionStatus status = relay.status(System.nanoTime());
          if (status != null) {
            found.add(status);
          }
        })
        .thenApply(done -> found);
  }

  private CompletableFuture<Void> walk(Consumer<TcpRelay> action) {
    return new Walk(loop, () -> first, action).start();
  }

  /** How long a relay may still be quiet before it is ended. */
  Duration timeLeft(TcpRelay relay) {
    return Duration.ofNanos(Math.max(limit(relay) - relay.ticksQuiet, 0) * tickNanos);
  }

  /** Netty has set TCP_NODELAY already. */
  void configure(SocketChannel channel) {
    SocketChannelConfig config = channel.config();
    config.setAllocator(listener.allocator());
    config.setRecvByteBufAllocator(READ_SIZES);
    config.setWriteBufferWaterMark(WATER_MARK);
    config.setMessageSizeEstimator(BUFFER_SIZES);
    // The tick does that, without a timer for each connection.
    config.setConnectTimeoutMillis(0);
    config.setAllowHalfClosure(true);
    // A failed write must not throw away what the same peer has sent before.
    config.setAutoClose(false);
    config.setAutoRead(false);
  }

  void add(TcpRelay relay) {
    relay.next = first;
    if (first != null) {
      first.previous = relay;
    }
    first = relay;
    if (!ticking) {
      ticking = true;
      scheduleTick();
    }
  }

  void remove(TcpRelay relay) {
    if (relay.previous != null) {
      relay.previous.next = relay.next;
    } else {
      first = relay.next;
    }
    if (relay.next != null) {
      relay.next.previous = relay.previous;
    }
    listener.leave();
  }

  private int limit(TcpRelay relay) {
    return relay.isRelaying() && !relay.isLingering() ? idleTicks : connectTicks;
  }

  private void scheduleTick() {
    loop.schedule(this::tick, tickNanos, TimeUnit.NANOSECONDS);
  }

  private void tick() {
    try {
      lookAtAll();
    } finally {
      ticking = first != null;
      if (ticking) {
        scheduleTick();
      }
    }
  }

  private void lookAtAll() {
    for (TcpRelay relay = first; relay != null; ) {
      TcpRelay next = relay.next;
      if (relay.ticksQuiet++ >= limit(relay)) {
        relay.timedOut();
      } else if (relay.ticksQuiet == 2 || relay.ticksQuiet == 3) {
        relay.quiet();
      }
      relay = next;
    }
  }
}

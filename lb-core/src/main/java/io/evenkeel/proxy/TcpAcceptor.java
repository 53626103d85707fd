package io.evenkeel.proxy;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listening socket. Everything but the constructor and {@link #bind} is on its event loop. */
final class TcpAcceptor extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(TcpProxy.class);

  /** How long nobody must have come for the backlog to count as empty. */
  private static final long QUIET_MILLIS = 5;

  /** How long to go on accepting at most while clients keep coming. */
  private static final long STOP_MILLIS = 250;

  private static final long ACCEPT_AGAIN_SECONDS = 1;

  private final TcpListener listener;
  private final ServerSocketChannel channel;
  private final EventLoop loop;
  private final List<TcpWorker> workers;
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();

  /** Accepted before it was known that there is no room. */
  private final Queue<SocketChannel> waiting = new ArrayDeque<>();

  private int nextWorker;
  private long accepted;
  private boolean stopping;

  TcpAcceptor(
      TcpListener listener, ServerSocketChannel channel, EventLoop loop, List<TcpWorker> workers) {
    this.listener = listener;
    this.channel = channel;
    this.loop = loop;
    this.workers = workers;
  }

  /** Blocks until it listens. */
  void bind() throws IOException {
    channel
        .config()
        .setReuseAddress(true)
        .setBacklog(listener.options().backlog())
        .setAllocator(listener.allocator());
    channel.pipeline().addLast(this);
    ChannelFuture done = loop.register(channel).awaitUninterruptibly();
    if (done.isSuccess()) {
      done = channel.bind(listener.address()).awaitUninterruptibly();
    }
    if (!done.isSuccess()) {
      channel.close();
      throw done.cause() instanceof IOException e ? e : new IOException(done.cause());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    SocketChannel client = (SocketChannel) message;
    accepted++;
    if (listener.admit()) {
      start(client);
    } else if (listener.options().whenFull() == TcpProxy.WhenFull.CLOSE) {
      listener.reject(client);
    } else {
      waiting.add(client);
    }
    pauseWhenFull();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // Out of file descriptors, as a rule: accepting again at once would fail again at once.
    LOG.warn("{}: cannot accept: {}", listener.name(), cause.toString());
    channel.config().setAutoRead(false);
    loop.schedule(this::resume, ACCEPT_AGAIN_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    waiting.forEach(client -> client.unsafe().closeForcibly());
    waiting.clear();
    if (!stopping) {
      stopped.complete(null);
    }
  }

  /** Called by any thread. */
  void roomAgain() {
    if (listener.options().whenFull() == TcpProxy.WhenFull.WAIT) {
      loop.execute(this::resume);
    }
  }

  /**
   * Called by any thread; completes when the socket is closed.
   *
   * @param grace how long to wait for room, if there is none for the clients that wait
   */
  CompletableFuture<Void> stop(Duration grace) {
    long startNanos = System.nanoTime();
    long graceNanos = TimeUnit.NANOSECONDS.convert(grace);
    loop.execute(
        () -> {
          if (!channel.isActive()) {
            stopped.complete(null);
          } else if (!stopping) {
            stopping = true;
            // The kernel resets whoever waits in the backlog when a listener is closed.
            closeWhenQuiet(
                accepted,
                STOP_MILLIS / QUIET_MILLIS,
                () -> System.nanoTime() - startNanos >= graceNanos);
          }
        });
    return stopped;
  }

  private void closeWhenQuiet(long acceptedBefore, long roundsLeft, BooleanSupplier late) {
    loop.schedule(
        () -> {
          boolean accepting = channel.config().isAutoRead();
          if (accepting ? accepted == acceptedBefore || roundsLeft == 0 : late.getAsBoolean()) {
            close();
          } else {
            closeWhenQuiet(accepted, accepting ? roundsLeft - 1 : roundsLeft, late);
          }
        },
        QUIET_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  private void close() {
    // io_uring closes by an operation of its own, NIO with the next select.
    channel
        .close()
        .addListener(
            closed -> loop.schedule(() -> stopped.complete(null), 1, TimeUnit.MILLISECONDS));
  }

  private void resume() {
    while (!waiting.isEmpty() && listener.admit()) {
      start(waiting.remove());
    }
    if (channel.isActive() && waiting.isEmpty()) {
      channel.config().setAutoRead(true);
      pauseWhenFull();
    }
  }

  private void pauseWhenFull() {
    if (listener.options().whenFull() == TcpProxy.WhenFull.WAIT && listener.isFull()) {
      channel.config().setAutoRead(false);
    }
  }

  private void start(SocketChannel client) {
    workers.get(nextWorker).start(client);
    nextWorker = nextWorker + 1 < workers.size() ? nextWorker + 1 : 0;
  }
}

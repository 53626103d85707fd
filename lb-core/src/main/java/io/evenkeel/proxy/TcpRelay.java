package io.evenkeel.proxy;

import io.evenkeel.ConnectionStatus;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Outcome;
import io.evenkeel.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client, its server, and the bytes between them. Lives on one event loop and is touched by
 * nothing else.
 *
 * <p>Reading is asked for one read at a time, and only while the other side takes what was read: so
 * a reader that stalls stalls its writer too, with a bounded number of bytes between them.
 */
final class TcpRelay extends Assignment {
  private final TcpWorker worker;
  private final Side client;
  private @Nullable Side server;

  /** To connect, but for those that were given up because their server was removed. */
  private int failedAttempts;

  private boolean relaying;
  private boolean connectTimedOut;

  /** As only a scheduler of the user's own does. */
  private boolean chosenAlthoughSuspended;

  private boolean connectGivenUp;
  private boolean ending;
  private Outcome outcome = Outcome.SUCCESS;

  /** Neighbours in the worker's list. */
  @Nullable TcpRelay previous;

  @Nullable TcpRelay next;

  /** The client's bytes were the last that passed: it waits for an answer. */
  private boolean askedLast;

  /** Ticks since a byte passed, or since the attempt to connect began; counted by the worker. */
  int ticksQuiet;

  TcpRelay(TcpWorker worker, SocketChannel client) {
    this.worker = worker;
    this.client = new Side(client);
  }

  void start() {
    worker.add(this);
    if (client.channel.remoteAddress() == null) {
      // Reset before it was accepted: io_uring cannot tell any more who it was.
      turnAway();
    } else {
      connect();
    }
  }

  /** Nothing has happened for too long. */
  void timedOut() {
    if (relaying && server != null) {
      end(askedLast && !server.inputEnded ? Outcome.TIMED_OUT : Outcome.ABORTED);
    } else if (server != null) {
      connectTimedOut = true;
      server.channel.close();
    }
  }

  /**
   * Nothing has happened for a tick, or for two: looks whether that is because nobody said what
   * did.
   */
  void quiet() {
    client.closeIfLost();
    if (relaying && server != null) {
      server.closeIfLost();
    }
  }

  boolean isRelaying() {
    return relaying;
  }

  /** The server is gone, and only the client goes on sending. */
  boolean isLingering() {
    return server != null && server.writeFailed && server.inputEnded;
  }

  /** Ends it early. */
  void cut() {
    end(Outcome.ABORTED);
  }

  /** Ends it if it goes to one of them; who is not connected yet, is to another one instead. */
  void leave(Set<Destination> removed) {
    if (!isAssigned() || !removed.contains(destination())) {
      return;
    }
    if (relaying) {
      cut();
    } else if (server != null) {
      connectGivenUp = true;
      server.channel.close();
    }
  }

  /** What it is now; null if it has no server yet or any more. */
  @Nullable ConnectionStatus status(long nowNanos) {
    InetSocketAddress from = client.channel.remoteAddress();
    if (from == null || !isAssigned()) {
      return null;
    }
    TcpListener listener = worker.listener();
    return new ConnectionStatus(
        from,
        destination().service(),
        listener.virtualAddress(),
        destination().endpoint(),
        state(),
        Duration.ofNanos(Math.max(nowNanos - startNanos(), 0)),
        worker.timeLeft(this));
  }

  private ConnectionStatus.State state() {
    if (!relaying || server == null) {
      return ConnectionStatus.State.CONNECTING;
    }
    return client.isEnding() || server.isEnding()
        ? ConnectionStatus.State.CLOSING
        : ConnectionStatus.State.ESTABLISHED;
  }

  private void end(Outcome how) {
    outcome = how;
    ending = true;
    if (relaying) {
      client.channel.close();
    }
    if (server != null) {
      server.channel.close();
    }
  }

  private void connect() {
    ticksQuiet = 0;
    connectTimedOut = false;
    connectGivenUp = false;
    Side side;
    try {
      if (!worker.listener().dispatcher().dispatch(worker.flow(client.channel), this)) {
        turnAway();
        return;
      }
      chosenAlthoughSuspended = destination().isSuspended();
      side = new Side(worker.listener().transport().newSocketChannel());
    } catch (RuntimeException e) {
      // Out of file descriptors, or a scheduler of the user's own.
      worker.listener().warn(e);
      if (isAssigned()) {
        release(Outcome.ABORTED);
      }
      turnAway();
      return;
    }
    server = side;
    register(
        side,
        registered -> {
          if (registered.isSuccess()) {
            side.channel
                .connect(destination().address(worker.listener().address().getPort()))
                .addListener(connected -> connected(side, connected.cause()));
          } else {
            side.channel.unsafe().closeForcibly();
            notConnected(registered.cause());
          }
        });
  }

  private void connected(Side side, @Nullable Throwable failure) {
    if (failure != null) {
      side.channel.close();
      notConnected(failure);
      return;
    }
    established();
    long nowNanos = System.nanoTime();
    destination().countConnect(nowNanos - startNanos());
    answered(nowNanos);
    relaying = true;
    ticksQuiet = 0;
    client.peer = side;
    side.peer = client;
    // Only now: a channel may report bytes and its end as soon as it is registered.
    register(
        client,
        registered -> {
          if (registered.isSuccess()) {
            client.channel.read();
            side.channel.read();
          } else {
            client.channel.unsafe().closeForcibly();
            client.closed = true;
            outcome = Outcome.ABORTED;
            side.channel.close();
          }
        });
  }

  private void notConnected(Throwable cause) {
    server = null;
    boolean serversFault = !ending && (connectTimedOut || Transport.isPeersFault(cause));
    if (!ending && !serversFault && !connectGivenUp) {
      worker.listener().warn(cause);
    }
    // Each such server is found out once, so that there are no more of them than servers.
    boolean news = Transport.isRefused(cause) && !chosenAlthoughSuspended;
    release(serversFault ? Outcome.CONNECT_FAILED : Outcome.ABORTED);
    if (!connectGivenUp && !news) {
      failedAttempts++;
    }
    if (!ending && failedAttempts < worker.listener().options().connectAttempts()) {
      connect();
    } else {
      turnAway();
    }
  }

  /** There is nobody for this client. */
  private void turnAway() {
    client.channel.unsafe().closeForcibly();
    worker.remove(this);
  }

  private void register(Side side, GenericFutureListener<Future<Void>> then) {
    worker.configure(side.channel);
    side.channel.pipeline().addLast(side);
    worker.loop().register(side.channel).addListener(then);
  }

  /** One side's channel is closed; the relay ends with the second. */
  private void closed(Side side) {
    side.closed = true;
    Side other = side.peer;
    if (other == null) {
      return;
    }
    if (other.closed) {
      release(outcome);
      worker.remove(this);
    } else if (!other.leaving) {
      broken(side);
      other.resetWhenFlushed();
    }
  }

  /** Whichever side breaks first is the one to blame. */
  private void broken(Side side) {
    if (outcome == Outcome.SUCCESS) {
      outcome = side == client ? Outcome.ABORTED : Outcome.FAILED;
    }
  }

  /** One of the two channels. */
  private final class Side extends ChannelInboundHandlerAdapter {
    private final SocketChannel channel;

    /** Where its bytes go; null until both are connected. */
    private @Nullable Side peer;

    /** It would read on if its peer took more. */
    private boolean waiting;

    /** It has sent its last byte. */
    private boolean inputEnded;

    /** A write to it failed: what its peer sends is thrown away. */
    private boolean writeFailed;

    /** The proxy has sent it its last byte, or is about to. */
    private boolean outputEnded;

    /** Netty closes it as soon as it has sent its last byte. */
    private boolean closesAtEnd;

    /** The proxy closes it as soon as it has taken what is on its way to it. */
    private boolean leaving;

    /** It is lost, or its end is about to be read. */
    private boolean looksLost;

    /** Reading from it failed: it was reset. */
    private boolean failed;

    private boolean closed;

    /** What is on its way to it has been taken once this is done. */
    private @Nullable ChannelFuture lastWrite;

    Side(SocketChannel channel) {
      this.channel = channel;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf data = (ByteBuf) message;
      Side to = peer;
      if (to == null || to.writeFailed) {
        data.release();
        return;
      }
      ticksQuiet = 0;
      int bytes = data.readableBytes();
      askedLast = this == client;
      if (askedLast) {
        destination().countFromClient(bytes);
      } else {
        destination().countToClient(bytes);
      }
      to.lastWrite = to.channel.write(data);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      Side to = peer;
      if (to == null) {
        return;
      }
      to.channel.flush();
      if (inputEnded) {
        return;
      }
      if (to.channel.isWritable() || to.writeFailed) {
        channel.read();
      } else {
        waiting = true;
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      Side from = peer;
      if (from != null && from.waiting && channel.isWritable()) {
        ticksQuiet = 0;
        from.readOn();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        inputEnded();
      } else if (event == ChannelOutputShutdownEvent.INSTANCE) {
        writeFailed();
      }
    }

    private void writeFailed() {
      // The kernel reports a reset once, to whoever asks first: a read sees an orderly end then.
      failed |= lastWrite != null && isReset(lastWrite.cause());
      if (outputEnded) {
        return;
      }
      writeFailed = true;
      if (inputEnded && this == client) {
        channel.close();
      } else if (peer != null && peer.waiting) {
        peer.readOn();
      }
    }

    /** Not so a broken pipe: then it had ended orderly before. */
    private static boolean isReset(@Nullable Throwable cause) {
      for (Throwable t = cause; t != null; t = t.getCause()) {
        if (String.valueOf(t.getMessage()).contains("reset")) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      fail();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (closesAtEnd && !leaving && !failed && !ending && peer != null) {
        inputEnded = true;
        leaving = true;
        peer.leaveWhenFlushed();
      }
      closed(this);
    }

    boolean isEnding() {
      return inputEnded || writeFailed || leaving || closed;
    }

    private void closeIfLost() {
      boolean reading = peer != null && !waiting && !inputEnded && channel.isOpen();
      boolean gone = reading && worker.listener().transport().isLost(channel);
      if (gone && looksLost) {
        fail();
      }
      // An orderly end is read before the next tick.
      looksLost = gone;
    }

    private void fail() {
      failed = true;
      broken(this);
      channel.close();
    }

    private void readOn() {
      waiting = false;
      channel.read();
    }

    private void inputEnded() {
      Side to = peer;
      if (inputEnded || to == null || closed) {
        return;
      }
      inputEnded = true;
      // To read on would fail, and take with it what is on its way to the other side.
      waiting = false;
      ticksQuiet = 0;
      closing();
      if (failed || (writeFailed && this == client)) {
        // It broke; or nobody is left to read, and what is sent to it goes nowhere.
        channel.close();
      } else if (to.inputEnded) {
        leaveWhenFlushed();
        to.leaveWhenFlushed();
      } else {
        to.outputEnded = true;
        to.whenFlushed(Side::shutdownOutput);
      }
    }

    private void shutdownOutput() {
      worker.listener().transport().shutdownOutput(channel);
      // Nothing remains but to close it once it ends, too: so Netty need not ask us first, which
      // would cost it an exception.
      closesAtEnd = true;
      channel.config().setAllowHalfClosure(false);
    }

    private void leaveWhenFlushed() {
      leaving = true;
      outputEnded = true;
      whenFlushed(side -> side.channel.close());
    }

    private void resetWhenFlushed() {
      leaving = true;
      outputEnded = true;
      whenFlushed(
          side -> {
            // Its descriptor may be somebody else's once it is closed.
            if (side.channel.isOpen()) {
              side.channel.config().setSoLinger(0);
              side.channel.close();
            }
          });
    }

    private void whenFlushed(Consumer<Side> then) {
      channel.flush();
      if (lastWrite == null || lastWrite.isDone()) {
        then.accept(this);
      } else {
        lastWrite.addListener(written -> then.accept(this));
      }
    }
  }
}

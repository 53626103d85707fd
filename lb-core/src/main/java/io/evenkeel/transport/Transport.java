package io.evenkeel.transport;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.channels.NotYetConnectedException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A way for Netty to talk to the kernel. {@link #best()} chooses, in the order of the constants,
 * the first that works on this machine.
 */
public enum Transport {
  /** Linux io_uring: fewest system calls. Needs Linux 5.14 and Netty's native jar. */
  IO_URING {
    @Override
    @Nullable Throwable nettysCause() {
      return IoUring.unavailabilityCause();
    }

    @Override
    IoHandlerFactory handlers() {
      return IoUringIoHandler.newFactory();
    }

    @Override
    boolean drives(IoEventLoopGroup group) {
      return group.isIoType(IoUringIoHandler.class);
    }

    @Override
    public boolean isLost(SocketChannel channel) {
      return ((IoUringSocketChannel) channel).tcpInfo().state() == TCP_CLOSE;
    }

    @Override
    public SocketChannel newSocketChannel() {
      return new IoUringSocketChannel();
    }

    @Override
    public ServerSocketChannel newServerSocketChannel() {
      return new IoUringServerSocketChannel();
    }

    @Override
    public DatagramChannel newDatagramChannel() {
      return new IoUringDatagramChannel();
    }

    @Override
    public boolean canShareAddress() {
      return true;
    }

    @Override
    public void shareAddress(ServerSocketChannel listener) {
      listener.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
    }

    @Override
    public void shutdownOutput(SocketChannel channel) {
      shutdownSocket((UnixChannel) channel);
    }
  },
  /** Linux epoll, edge-triggered. Needs Netty's native jar. */
  EPOLL {
    @Override
    @Nullable Throwable nettysCause() {
      return Epoll.unavailabilityCause();
    }

    @Override
    IoHandlerFactory handlers() {
      return EpollIoHandler.newFactory();
    }

    @Override
    boolean drives(IoEventLoopGroup group) {
      return group.isIoType(EpollIoHandler.class);
    }

    @Override
    public SocketChannel newSocketChannel() {
      return new EpollSocketChannel();
    }

    @Override
    public ServerSocketChannel newServerSocketChannel() {
      return new EpollServerSocketChannel();
    }

    @Override
    public DatagramChannel newDatagramChannel() {
      return new EpollDatagramChannel();
    }

    @Override
    public boolean canShareAddress() {
      return true;
    }

    @Override
    public void shareAddress(ServerSocketChannel listener) {
      listener.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
    }

    @Override
    public void shutdownOutput(SocketChannel channel) {
      channel.shutdownOutput();
    }
  },
  /** The JDK's own selectors: works everywhere. */
  NIO {
    @Override
    @Nullable Throwable nettysCause() {
      return null;
    }

    @Override
    IoHandlerFactory handlers() {
      return NioIoHandler.newFactory();
    }

    @Override
    boolean drives(IoEventLoopGroup group) {
      return group.isIoType(NioIoHandler.class);
    }

    @Override
    public SocketChannel newSocketChannel() {
      return new NioSocketChannel();
    }

    @Override
    public ServerSocketChannel newServerSocketChannel() {
      return new NioServerSocketChannel();
    }

    @Override
    public DatagramChannel newDatagramChannel() {
      return new NioDatagramChannel();
    }

    @Override
    public boolean canShareAddress() {
      // Only Linux spreads connections over the sockets that share an address.
      return System.getProperty("os.name", "").equals("Linux");
    }

    @Override
    public void shareAddress(ServerSocketChannel listener) {
      listener.config().setOption(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true);
    }

    @Override
    public void shutdownOutput(SocketChannel channel) {
      channel.shutdownOutput();
    }
  };

  /** State of a connection that is no more (include/net/tcp_states.h). */
  private static final int TCP_CLOSE = 7;

  /**
   * EPERM, EAGAIN, ENOMEM, EACCES, EADDRNOTAVAIL (no port left) and ENOBUFS, as Netty writes them
   * (include/uapi/asm-generic/errno.h).
   */
  private static final Pattern OWN_FAULT = Pattern.compile("error\\(-(1|11|12|13|99|105)\\)");

  private static final Logger LOG = LoggerFactory.getLogger(Transport.class);

  /**
   * Why it does not work here.
   *
   * @return the cause, or null if it works
   */
  public @Nullable Throwable unavailabilityCause() {
    try {
      return nettysCause();
    } catch (NoClassDefFoundError e) {
      // Netty's classes for it may have been excluded.
      return e;
    }
  }

  /**
   * A TCP channel that is neither connected nor registered.
   *
   * @return the channel
   */
  public abstract SocketChannel newSocketChannel();

  /**
   * A TCP listener that is neither bound nor registered.
   *
   * @return the channel
   */
  public abstract ServerSocketChannel newServerSocketChannel();

  /**
   * A UDP channel that is neither bound, connected nor registered.
   *
   * @return the channel
   */
  public abstract DatagramChannel newDatagramChannel();

  /**
   * Whether several listeners can have one address here, the kernel spreading connections over them
   * (SO_REUSEPORT, socket(7)).
   *
   * @return true if {@link #shareAddress} does that
   */
  public abstract boolean canShareAddress();

  /**
   * Lets a listener have an address together with others that allow it too.
   *
   * @param listener not bound yet
   */
  public abstract void shareAddress(ServerSocketChannel listener);

  /**
   * Whether a connection is gone although reading from it has not said so. On io_uring a pending
   * read does not always learn of a reset. An orderly end of both sides looks the same until the
   * event loop has read it, so only who finds it twice, with a run of the loop in between, knows.
   *
   * @param channel connected, of this transport, with a read pending
   * @return true if the kernel has no connection any more
   */
  public boolean isLost(SocketChannel channel) {
    return false;
  }

  /**
   * Sends a FIN. Nothing may be written to the channel any more, and nothing that was may still be
   * on its way.
   *
   * @param channel connected, of this transport; called on its event loop
   */
  public abstract void shutdownOutput(SocketChannel channel);

  /**
   * Whether a connection failed because of the peer or the way to it: refused, unreachable, timed
   * out. Not so if this machine lacks ports, memory, descriptors or the permission.
   *
   * @param cause why it failed, on any of these transports
   * @return true if the next one may well fail too, whoever makes it
   */
  public static boolean isPeersFault(Throwable cause) {
    return cause instanceof SocketException
        // Netty wraps it to add the address.
        && !(cause instanceof BindException || cause.getCause() instanceof BindException)
        && !OWN_FAULT.matcher(String.valueOf(cause.getMessage())).find();
  }

  /**
   * Whether a connection failed because nobody listens there, which takes no time to find out.
   *
   * @param cause why it failed, on any of these transports
   * @return true if it was refused
   */
  public static boolean isRefused(Throwable cause) {
    return cause instanceof ConnectException
        && String.valueOf(cause.getMessage()).contains("refused");
  }

  abstract @Nullable Throwable nettysCause();

  abstract IoHandlerFactory handlers();

  abstract boolean drives(IoEventLoopGroup group);

  /**
   * Whether it works here.
   *
   * @return true if {@link #unavailabilityCause()} is null
   */
  public boolean isAvailable() {
    return unavailabilityCause() == null;
  }

  /**
   * The first that works here.
   *
   * @return {@link #IO_URING}, else {@link #EPOLL}, else {@link #NIO}
   */
  public static Transport best() {
    for (Transport transport : values()) {
      if (transport.isAvailable()) {
        return transport;
      }
    }
    throw new AssertionError("NIO always works");
  }

  /**
   * The transport of an event loop or a group of them, to make channels that fit it.
   *
   * @param group whose
   * @return the transport
   * @throws IllegalArgumentException if it is none of these
   */
  public static Transport of(EventLoopGroup group) {
    if (group instanceof IoEventLoopGroup g) {
      for (Transport transport : values()) {
        if (transport.isAvailable() && transport.drives(g)) {
          return transport;
        }
      }
    }
    throw new IllegalArgumentException(
        "event loop group: "
            + group.getClass().getName()
            + " (expected: one that drives io_uring, epoll or NIO channels)");
  }

  /**
   * Starts event loops of this transport; the caller ends them with {@code shutdownGracefully}.
   *
   * @param threads 1 or more
   * @param name prefix of the threads' names
   * @return the group; its threads are daemons
   * @throws IllegalStateException if the transport does not work here, with the cause
   */
  public EventLoopGroup newGroup(int threads, String name) {
    if (!isAvailable()) {
      throw new IllegalStateException(
          "transport: " + this + " does not work here (expected: " + best() + ")",
          unavailabilityCause());
    }
    return new MultiThreadIoEventLoopGroup(
        threads, new DefaultThreadFactory(name, true), handlers());
  }

  /** Netty's own shutdownOutput makes an exception with its stack trace at each call. */
  private static void shutdownSocket(UnixChannel channel) {
    try {
      ((Socket) channel.fd()).shutdown(false, true);
    } catch (IOException | NotYetConnectedException e) {
      LOG.trace("reset already, as reading from it will say: {}", channel, e);
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

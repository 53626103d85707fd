package io.evenkeel.kernel.net;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.netlink.Netlink;
import io.evenkeel.kernel.netlink.NetlinkListener;
import io.evenkeel.kernel.netlink.NetlinkListener.Notice;
import io.evenkeel.kernel.sys.Errno;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Hears of links and addresses, on a thread of its own. If the kernel had no room for all that it
 * told, this asks anew and tells the difference. Thread-safe.
 */
public final class NetworkWatch implements AutoCloseable {
  private static final int GROUP_LINK = 1;
  private static final int GROUP_IPV4_ADDRESS = 5;
  private static final int GROUP_IPV6_ADDRESS = 9;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Network network;
  private final NetlinkListener listener;
  private final Consumer<? super NetworkEvent> consumer;

  /** Only the thread uses it, once that runs. */
  private final NetworkState state = new NetworkState();

  private volatile boolean closed;

  private NetworkWatch(
      Network network, NetlinkListener listener, Consumer<? super NetworkEvent> consumer) {
    this.network = network;
    this.listener = listener;
    this.consumer = consumer;
  }

  /** Begins, in the calling thread's network namespace. */
  static NetworkWatch start(Network network, Consumer<? super NetworkEvent> consumer)
      throws IOException {
    return start(
        network,
        NetlinkListener.open(Netlink.ROUTE, GROUP_LINK, GROUP_IPV4_ADDRESS, GROUP_IPV6_ADDRESS),
        consumer);
  }

  /**
   * Begins.
   *
   * @param listener closed with the watch
   */
  static NetworkWatch start(
      Network network, NetlinkListener listener, Consumer<? super NetworkEvent> consumer)
      throws IOException {
    NetworkWatch watch = new NetworkWatch(network, listener, consumer);
    try {
      // What happens meanwhile waits in the socket.
      List<NetworkEvent> first = watch.difference();
      Thread thread = new Thread(() -> watch.run(first), "evenkeel-network-watch");
      thread.setDaemon(true);
      thread.start();
      return watch;
    } catch (IOException | RuntimeException | Error e) {
      watch.close();
      throw e;
    }
  }

  private void run(List<NetworkEvent> first) {
    tell(first);
    while (!closed) {
      try {
        List<NetworkEvent> events = new ArrayList<>();
        boolean isWhole = true;
        for (Notice notice : listener.receive()) {
          isWhole &= state.apply(notice.type(), notice.payload(), events);
        }
        tell(events);
        if (!isWhole) {
          resynchronise();
        }
      } catch (RuntimeException e) {
        report(e);
        resynchronise();
      } catch (KernelException e) {
        if (e.errno() != Errno.ENOBUFS) {
          report(e);
        }
        resynchronise();
      }
    }
  }

  private void resynchronise() {
    while (!closed) {
      try {
        listener.drain();
        tell(difference());
        return;
      } catch (IOException | RuntimeException e) {
        if (!closed) {
          report(e);
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
    }
  }

  private List<NetworkEvent> difference() throws IOException {
    return state.replace(network.links(), network.found());
  }

  private void tell(List<NetworkEvent> events) {
    for (NetworkEvent event : events) {
      if (closed) {
        return;
      }
      try {
        consumer.accept(event);
      } catch (RuntimeException | Error e) {
        report(e);
      }
    }
  }

  private static void report(Throwable e) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
  }

  boolean isClosed() {
    return closed;
  }

  /** One event may still be on its way to the consumer. */
  @Override
  public void close() {
    closed = true;
    listener.close();
  }
}

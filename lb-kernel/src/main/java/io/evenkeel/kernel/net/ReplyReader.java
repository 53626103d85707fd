package io.evenkeel.kernel.net;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Epoll;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Asks other hosts and waits for their replies, each over a socket of its own. One thread reads for
 * all of them: a daemon that ends when it was idle for 10 s. Thread-safe.
 */
final class ReplyReader {
  static final ReplyReader SHARED = new ReplyReader();

  private static final int WAIT_MILLIS = 1000;
  private static final int IDLE_WAITS = 10;

  /** The fields are used under this object's lock, but for the thread that waits on the epoll. */
  private final Map<Long, Awaited> awaited = new HashMap<>();

  private long made;
  private @Nullable Epoll epoll;

  private ReplyReader() {}

  /** A socket for one question. Thread-safe; closed, it does nothing. */
  interface Asking extends AutoCloseable {
    int fd();

    void send() throws IOException;

    /**
     * Whether the reply is there.
     *
     * @throws KernelException if an error is
     */
    boolean isAnswered() throws KernelException;

    @Override
    void close();
  }

  record Awaited(Asking socket, long startNanos, CompletableFuture<Duration> result) {

    void read() {
      try {
        if (socket.isAnswered()) {
          result.complete(Duration.ofNanos(System.nanoTime() - startNanos));
        }
      } catch (KernelException | RuntimeException | Error e) {
        // The thread reads for others, too.
        result.completeExceptionally(e);
      }
    }
  }

  /**
   * Asks once.
   *
   * @param opening of the socket
   * @return completes with the time until the reply, or with why it could not be asked; who cancels
   *     it, or lets it time out, gives up
   */
  CompletableFuture<Duration> ask(Callable<? extends Asking> opening) {
    CompletableFuture<Duration> result = new CompletableFuture<>();
    try {
      start(opening.call(), result);
    } catch (Exception | Error e) {
      result.completeExceptionally(e);
    }
    return result;
  }

  private void start(Asking socket, CompletableFuture<Duration> result) {
    long number;
    synchronized (this) {
      number = made++;
    }
    result.whenComplete(
        (time, failure) -> {
          forget(number);
          socket.close();
        });
    try {
      watch(number, new Awaited(socket, System.nanoTime(), result));
      socket.send();
    } catch (IOException | RuntimeException | Error e) {
      result.completeExceptionally(e);
    }
  }

  private synchronized void forget(long number) {
    awaited.remove(number);
  }

  private synchronized @Nullable Awaited find(long number) {
    return awaited.get(number);
  }

  private synchronized void watch(long number, Awaited each) throws KernelException {
    Epoll current = epoll;
    if (current == null) {
      current = new Epoll();
      Epoll made = current;
      Thread reader = new Thread(() -> readAll(made), "evenkeel-ping");
      reader.setDaemon(true);
      try {
        reader.start();
      } catch (RuntimeException | Error e) {
        current.close();
        throw e;
      }
      epoll = current;
    }
    awaited.put(number, each);
    current.add(each.socket().fd(), number);
  }

  private void readAll(Epoll current) {
    try {
      readUntilIdle(current);
    } catch (KernelException | RuntimeException | Error e) {
      // Before the epoll is closed: none may be added to it after that. The next has a new one.
      takeAll().forEach(each -> each.result().completeExceptionally(e));
    } finally {
      current.close();
    }
  }

  private void readUntilIdle(Epoll current) throws KernelException {
    int idle = 0;
    while (true) {
      long[] ready = current.await(WAIT_MILLIS);
      for (long number : ready) {
        Awaited each = find(number);
        if (each != null) {
          each.read();
        }
      }
      idle = ready.length > 0 ? 0 : idle + 1;
      if (idle >= IDLE_WAITS && isOver()) {
        return;
      }
    }
  }

  private synchronized boolean isOver() {
    if (!awaited.isEmpty()) {
      return false;
    }
    epoll = null;
    return true;
  }

  private synchronized List<Awaited> takeAll() {
    epoll = null;
    List<Awaited> all = List.copyOf(awaited.values());
    awaited.clear();
    return all;
  }
}

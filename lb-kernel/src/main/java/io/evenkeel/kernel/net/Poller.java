package io.evenkeel.kernel.net;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Epoll;
import io.evenkeel.kernel.sys.Errno;
import io.evenkeel.kernel.sys.Sys;
import java.io.IOException;

/**
 * What a thread waits with for packets, for a point of time, and for other threads (epoll(7),
 * timerfd_create(2), eventfd(2)). One thread at a time waits; all else may be done by any thread,
 * while one waits, too.
 */
public final class Poller implements AutoCloseable {
  private static final long TIMER = 0;
  private static final long WAKE = 1;
  private static final long SOCKET = 2;
  private static final int FOR_EVER = -1;

  private final Epoll epoll;
  private final int timer;
  private final int event;

  /** Written and read under this object's lock, as is the next. */
  private boolean closed;

  /** Whether a thread is between the beginning and the end of its waiting. */
  private boolean waiting;

  private Poller(Epoll epoll, int timer, int event) {
    this.epoll = epoll;
    this.timer = timer;
    this.event = event;
  }

  /**
   * Makes one.
   *
   * @return to be closed
   * @throws IOException if there are no descriptors for it, or {@link Network#unavailabilityCause}
   *     says why
   */
  public static Poller open() throws IOException {
    String cause = Sys.unavailabilityCause();
    if (cause != null) {
      throw new IOException("poller: " + cause);
    }
    Epoll epoll = new Epoll();
    int timer = -1;
    int event = -1;
    try {
      timer = Sys.timer();
      epoll.add(timer, TIMER);
      event = Sys.event();
      epoll.add(event, WAKE);
      return new Poller(epoll, timer, event);
    } catch (KernelException | RuntimeException | Error e) {
      release(epoll, timer, event);
      throw e;
    }
  }

  /**
   * Waits for a socket's packets, too, until that is closed.
   *
   * @param socket not added before
   * @throws IOException if it cannot be waited for, or this or the socket is closed (EBADF)
   */
  public synchronized void add(RawSocket socket) throws IOException {
    requireOpen();
    socket.addTo(epoll, SOCKET);
  }

  /**
   * Waits. The point of time is kept to some hundredths of a millisecond on an idle machine, and
   * never early.
   *
   * @param deadlineNanos until when, as {@link System#nanoTime} counts
   * @return whether there is a packet, or {@link #wake} was called since this returned last; false:
   *     the deadline has passed
   * @throws IOException if this is closed, meanwhile as well (EBADF)
   * @throws IllegalStateException if another thread waits
   */
  public boolean await(long deadlineNanos) throws IOException {
    begin();
    boolean isDue = true;
    try {
      long left = deadlineNanos - System.nanoTime();
      if (left > 0) {
        Sys.setTimer(timer, left);
      }
      for (long number : epoll.await(left > 0 ? FOR_EVER : 0)) {
        if (number == WAKE) {
          Sys.clear(event);
        }
        isDue &= number == TIMER;
      }
    } finally {
      end();
    }
    return !isDue;
  }

  /** Ends the waiting, or the next if no thread waits. Of one that is closed nothing. */
  public synchronized void wake() {
    if (!closed) {
      Sys.raise(event);
    }
  }

  /** Ends the waiting. The sockets stay open. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    wake();
    closed = true;
    // Else who waits does it: the numbers of what is closed are given to others.
    if (!waiting) {
      release(epoll, timer, event);
    }
  }

  private synchronized void begin() throws KernelException {
    requireOpen();
    if (waiting) {
      throw new IllegalStateException("poller: two threads wait (expected: one)");
    }
    waiting = true;
  }

  private synchronized void end() throws KernelException {
    waiting = false;
    if (closed) {
      release(epoll, timer, event);
    }
    requireOpen();
  }

  private void requireOpen() throws KernelException {
    if (closed) {
      throw new KernelException("poller", Errno.EBADF, "closed");
    }
  }

  private static void release(Epoll epoll, int timer, int event) {
    epoll.close();
    Sys.close(timer);
    Sys.close(event);
  }
}

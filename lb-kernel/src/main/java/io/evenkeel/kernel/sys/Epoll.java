package io.evenkeel.kernel.sys;

import io.evenkeel.kernel.KernelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Waits for several descriptors at once (epoll(7)); each is known by a number of the caller's own.
 * One thread waits, any may add; a descriptor that is closed is forgotten.
 */
public final class Epoll implements AutoCloseable {
  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLLIN = 1;
  private static final int MOST = 64;

  /** Without padding on x86 alone. */
  private static final boolean IS_PACKED = System.getProperty("os.arch", "").equals("amd64");

  private static final int DATA = IS_PACKED ? 4 : 8;
  private static final int SIZE = DATA + Long.BYTES;

  private final int fd;
  private final byte[] events = new byte[MOST * SIZE];

  /**
   * Makes one.
   *
   * @throws KernelException if there is no descriptor for it
   */
  public Epoll() throws KernelException {
    fd = (int) Sys.check("epoll_create1", () -> Sys.libc().epoll_create1(EPOLL_CLOEXEC));
  }

  /**
   * Watches a descriptor until it is closed.
   *
   * @param watched descriptor
   * @param number it is known by
   * @throws KernelException if it cannot be watched
   */
  public void add(int watched, long number) throws KernelException {
    byte[] event = new byte[SIZE];
    buffer(event).putInt(0, EPOLLIN).putLong(DATA, number);
    Sys.check("epoll_ctl", () -> Sys.libc().epoll_ctl(fd, EPOLL_CTL_ADD, watched, event));
  }

  /**
   * Waits until there is something to read or an error.
   *
   * @param timeoutMillis 0 or more; -1: for ever
   * @return the numbers of the descriptors; none: the time is over
   * @throws KernelException if it cannot wait
   */
  public long[] await(int timeoutMillis) throws KernelException {
    int count =
        (int) Sys.check("epoll_wait", () -> Sys.libc().epoll_wait(fd, events, MOST, timeoutMillis));
    long[] numbers = new long[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = buffer(events).getLong(i * SIZE + DATA);
    }
    return numbers;
  }

  @Override
  public void close() {
    Sys.close(fd);
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }
}

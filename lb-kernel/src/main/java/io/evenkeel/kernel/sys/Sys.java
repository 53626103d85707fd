package io.evenkeel.kernel.sys;

import io.evenkeel.kernel.KernelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;

/**
 * System calls of Linux. What fails throws with errno and the call; a call that a signal
 * interrupted is made again, but one that waits for a time. Thread-safe.
 */
public final class Sys {
  /** Address family of IPv4. */
  public static final int AF_INET = 2;

  /** Address family of IPv6. */
  public static final int AF_INET6 = 10;

  /** Address family of netlink. */
  public static final int AF_NETLINK = 16;

  /** Address family of packets as they are on the link. */
  public static final int AF_PACKET = 17;

  /** Datagrams. */
  public static final int SOCK_DGRAM = 2;

  /** Packets as they are. */
  public static final int SOCK_RAW = 3;

  /** A socket that never waits. */
  public static final int SOCK_NONBLOCK = 0x800;

  /** A descriptor that no child gets. */
  public static final int SOCK_CLOEXEC = 0x80000;

  private static final int MSG_TRUNC = 0x20;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int O_CLOEXEC = 0x80000;
  private static final int CLONE_NEWNET = 0x40000000;
  private static final int CLOCK_MONOTONIC = 1;
  private static final int NANOS_PER_SECOND = 1_000_000_000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;

  /** struct sock_fprog: how many instructions there are, and where. */
  private static final int PROGRAM_BYTES = 16;

  private static final int INSTRUCTION_BYTES = 8;

  private static final @Nullable LibC LIBC;
  private static final @Nullable String CAUSE;

  static {
    LibC loaded = null;
    String cause = null;
    try {
      loaded = LibraryLoader.create(LibC.class).load("c");
      // Stubs are made at the first call.
      loaded.close(-1);
    } catch (RuntimeException | LinkageError e) {
      cause = "jnr-ffi: " + e;
    }
    LIBC = loaded;
    CAUSE = cause;
  }

  private Sys() {}

  /**
   * Why there are no system calls.
   *
   * @return the cause; null: there are
   */
  public static @Nullable String unavailabilityCause() {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      return "os.name: " + System.getProperty("os.name") + " (expected: Linux)";
    }
    return CAUSE;
  }

  /**
   * Makes a socket; see socket(2).
   *
   * @param domain address family
   * @param type of socket, and flags
   * @param protocol of the family
   * @return the descriptor
   * @throws KernelException if there is none to be had
   */
  public static int socket(int domain, int type, int protocol) throws KernelException {
    return (int) check("socket", () -> libc().socket(domain, type, protocol));
  }

  /**
   * Says where a socket's packets come from; see bind(2).
   *
   * @param fd descriptor
   * @param address a sockaddr
   * @throws KernelException if it cannot
   */
  public static void bind(int fd, byte[] address) throws KernelException {
    check("bind", () -> libc().bind(fd, address, address.length));
  }

  /**
   * Says where a socket's packets go; see connect(2).
   *
   * @param fd descriptor
   * @param address a sockaddr
   * @throws KernelException if it cannot
   */
  public static void connect(int fd, byte[] address) throws KernelException {
    check("connect", () -> libc().connect(fd, address, address.length));
  }

  /**
   * Sets an option of a socket; see setsockopt(2).
   *
   * @param fd descriptor
   * @param level of the option
   * @param name of the option
   * @param value of the option
   * @throws KernelException if it cannot
   */
  public static void setsockopt(int fd, int level, int name, int value) throws KernelException {
    byte[] number = new byte[Integer.BYTES];
    nativeOrder(number).putInt(value);
    setsockopt(fd, level, name, number);
  }

  /**
   * Sets an option of a socket that is a struct; see setsockopt(2).
   *
   * @param fd descriptor
   * @param level of the option
   * @param name of the option
   * @param value of the option
   * @throws KernelException if it cannot
   */
  public static void setsockopt(int fd, int level, int name, byte[] value) throws KernelException {
    check("setsockopt", () -> libc().setsockopt(fd, level, name, value, value.length));
  }

  /**
   * Sets an option of a socket that is a time; see setsockopt(2).
   *
   * @param fd descriptor
   * @param level of the option
   * @param name of the option, SO_RCVTIMEO and the like
   * @param value over 0; zero: none
   * @throws KernelException if it cannot
   */
  public static void setTimeout(int fd, int level, int name, Duration value)
      throws KernelException {
    byte[] timeval = new byte[2 * Long.BYTES];
    nativeOrder(timeval).putLong(value.getSeconds()).putLong(value.getNano() / 1000);
    setsockopt(fd, level, name, timeval);
  }

  /**
   * Sends; see send(2).
   *
   * @param fd descriptor
   * @param data to send
   * @throws KernelException if it cannot
   */
  public static void send(int fd, byte[] data) throws KernelException {
    check("send", () -> libc().send(fd, data, data.length, 0));
  }

  /**
   * Receives; see recvfrom(2).
   *
   * @param fd descriptor
   * @param data room
   * @param address room for the sockaddr of who sent it
   * @return how much
   * @throws KernelException if there is nothing, or an error was told of
   */
  public static int recvfrom(int fd, byte[] data, byte[] address) throws KernelException {
    int[] length = {address.length};
    return (int)
        check("recvfrom", () -> libc().recvfrom(fd, data, data.length, 0, address, length));
  }

  /**
   * Sends; see send(2).
   *
   * @param fd descriptor
   * @param data direct, from position to limit
   * @throws KernelException if it cannot
   */
  public static void send(int fd, ByteBuffer data) throws KernelException {
    check("send", () -> libc().send(fd, data, data.remaining(), 0));
  }

  /**
   * Receives a datagram; see recvfrom(2).
   *
   * @param fd descriptor
   * @param data room, direct, from position to limit
   * @param address room for the sockaddr of who sent it
   * @param isPatient whether to wait, as long as the socket's time-out says
   * @return how long it is; more than there was room for: the rest is lost
   * @throws KernelException if there is nothing, or an error was told of; EINTR: a signal ended the
   *     waiting, which would begin anew with all of the time-out
   */
  public static int recvfrom(int fd, ByteBuffer data, byte[] address, boolean isPatient)
      throws KernelException {
    int[] length = {address.length};
    int flags = MSG_TRUNC | (isPatient ? 0 : MSG_DONTWAIT);
    Call call = () -> libc().recvfrom(fd, data, data.remaining(), flags, address, length);
    return (int) (isPatient ? once("recvfrom", call) : check("recvfrom", call));
  }

  /**
   * Says which packets a socket gets; see socket(7), SO_ATTACH_FILTER. In place of what was said
   * before.
   *
   * @param fd descriptor
   * @param instructions of the classic BPF, each as struct sock_filter
   * @throws KernelException if it is no such program
   */
  public static void attachFilter(int fd, byte[] instructions) throws KernelException {
    ByteBuffer program =
        ByteBuffer.allocateDirect(PROGRAM_BYTES + instructions.length)
            .order(ByteOrder.nativeOrder());
    program
        .putShort(0, (short) (instructions.length / INSTRUCTION_BYTES))
        .putLong(Long.BYTES, addressOf(program) + PROGRAM_BYTES)
        .put(PROGRAM_BYTES, instructions);
    check(
        "setsockopt",
        () -> libc().setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, PROGRAM_BYTES));
  }

  /**
   * The address that a socket is bound to; see getsockname(2).
   *
   * @param fd descriptor
   * @param address room for the sockaddr
   * @throws KernelException if it has none
   */
  public static void getsockname(int fd, byte[] address) throws KernelException {
    int[] length = {address.length};
    check("getsockname", () -> libc().getsockname(fd, address, length));
  }

  /**
   * Makes a timer that is readable when its time is over; see timerfd_create(2).
   *
   * @return the descriptor
   * @throws KernelException if there is none to be had
   */
  public static int timer() throws KernelException {
    return (int)
        check(
            "timerfd_create",
            () -> libc().timerfd_create(CLOCK_MONOTONIC, SOCK_NONBLOCK | SOCK_CLOEXEC));
  }

  /**
   * Sets a timer, in place of what it was set to.
   *
   * @param timer descriptor
   * @param nanos until it is readable, over 0
   * @throws KernelException if it cannot
   */
  public static void setTimer(int timer, long nanos) throws KernelException {
    byte[] once = new byte[4 * Long.BYTES];
    nativeOrder(once)
        .putLong(0)
        .putLong(0)
        .putLong(nanos / NANOS_PER_SECOND)
        .putLong(nanos % NANOS_PER_SECOND);
    check("timerfd_settime", () -> libc().timerfd_settime(timer, 0, once, null));
  }

  /**
   * Makes a descriptor that is readable when a thread says so; see eventfd(2).
   *
   * @return the descriptor
   * @throws KernelException if there is none to be had
   */
  public static int event() throws KernelException {
    return (int) check("eventfd", () -> libc().eventfd(0, SOCK_NONBLOCK | SOCK_CLOEXEC));
  }

  /**
   * Makes an event readable.
   *
   * @param event descriptor
   */
  public static void raise(int event) {
    // Of an open one it fails only when it is readable as it is.
    libc().eventfd_write(event, 1);
  }

  /**
   * Makes an event not readable.
   *
   * @param event descriptor
   */
  public static void clear(int event) {
    libc().eventfd_read(event, new long[1]);
  }

  /**
   * Puts the calling thread into a network namespace; see setns(2). Needs CAP_SYS_ADMIN.
   *
   * @param path of the namespace's file
   * @throws KernelException if there is no such file, or it may not
   */
  public static void enterNetwork(String path) throws KernelException {
    int fd = (int) check("open", () -> libc().open(path, O_CLOEXEC));
    try {
      check("setns", () -> libc().setns(fd, CLONE_NEWNET));
    } finally {
      close(fd);
    }
  }

  /**
   * An error number in words.
   *
   * @param errno which
   * @return the C library's words
   */
  public static String inWords(int errno) {
    return libc().strerror(errno);
  }

  /**
   * Closes a descriptor; see close(2), of which an error means nothing here.
   *
   * @param fd descriptor
   */
  public static void close(int fd) {
    libc().close(fd);
  }

  private static ByteBuffer nativeOrder(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  /** Where a direct buffer begins. */
  static long addressOf(ByteBuffer direct) {
    return Pointer.wrap(Runtime.getRuntime(libc()), direct).address();
  }

  static LibC libc() {
    if (LIBC == null) {
      throw new IllegalStateException(CAUSE);
    }
    return LIBC;
  }

  /** One call. */
  @FunctionalInterface
  interface Call {
    long run();
  }

  static long check(String name, Call call) throws KernelException {
    while (true) {
      try {
        return once(name, call);
      } catch (KernelException e) {
        if (e.errno() != Errno.EINTR) {
          throw e;
        }
      }
    }
  }

  static long once(String name, Call call) throws KernelException {
    long result = call.run();
    if (result < 0) {
      throw failure(name, errno());
    }
    return result;
  }

  /** As check, but -1 if there is nothing to be read now: that is no reason for an exception. */
  static long ifAny(String name, Call call) throws KernelException {
    while (true) {
      long result = call.run();
      if (result >= 0) {
        return result;
      }
      int errno = errno();
      if (errno == Errno.EAGAIN) {
        return -1;
      }
      if (errno != Errno.EINTR) {
        throw failure(name, errno);
      }
    }
  }

  private static int errno() {
    return LastError.getLastError(Runtime.getRuntime(libc()));
  }

  private static KernelException failure(String name, int errno) {
    return new KernelException(name, errno, libc().strerror(errno));
  }
}

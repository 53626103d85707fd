package io.evenkeel.kernel.sys;

/** The kernel's error numbers that matter here; the same for x86-64 and aarch64. */
public final class Errno {
  /** Operation not permitted. */
  public static final int EPERM = 1;

  /** A signal came first. */
  public static final int EINTR = 4;

  /** Nothing to read. */
  public static final int EAGAIN = 11;

  /** Not allowed. */
  public static final int EACCES = 13;

  /** The network is down. */
  public static final int ENETDOWN = 100;

  /** No route to the network. */
  public static final int ENETUNREACH = 101;

  /** The host is down. */
  public static final int EHOSTDOWN = 112;

  /** No route to the host. */
  public static final int EHOSTUNREACH = 113;

  private Errno() {}
}

package io.evenkeel.kernel.sys;

/** The kernel's error numbers that matter here; the same for x86-64 and aarch64. */
public final class Errno {
  /** Operation not permitted. */
  public static final int EPERM = 1;

  /** There is no such thing. */
  public static final int ENOENT = 2;

  /** There is no such object. */
  public static final int ESRCH = 3;

  /** A signal came first. */
  public static final int EINTR = 4;

  /** Closed. */
  public static final int EBADF = 9;

  /** Nothing to read. */
  public static final int EAGAIN = 11;

  /** No memory. */
  public static final int ENOMEM = 12;

  /** Not allowed. */
  public static final int EACCES = 13;

  /** In use. */
  public static final int EBUSY = 16;

  /** It is there already. */
  public static final int EEXIST = 17;

  /** There is no such device. */
  public static final int ENODEV = 19;

  /** The kernel does not take this value. */
  public static final int EINVAL = 22;

  /** A malformed message. */
  public static final int EBADMSG = 74;

  /** A message is too long. */
  public static final int EMSGSIZE = 90;

  /** The kernel cannot do that. */
  public static final int EOPNOTSUPP = 95;

  /** The kernel does not have this address family or protocol. */
  public static final int EAFNOSUPPORT = 97;

  /** The address is not there. */
  public static final int EADDRNOTAVAIL = 99;

  /** The network is down. */
  public static final int ENETDOWN = 100;

  /** No route to the network. */
  public static final int ENETUNREACH = 101;

  /** Messages were lost for want of room. */
  public static final int ENOBUFS = 105;

  /** Not in time. */
  public static final int ETIMEDOUT = 110;

  /** The host is down. */
  public static final int EHOSTDOWN = 112;

  /** No route to the host. */
  public static final int EHOSTUNREACH = 113;

  private Errno() {}
}

package io.evenkeel.kernel;

import java.io.IOException;

/** What the kernel refused, or did not answer as it should have. */
public final class KernelException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What was asked for. */
  private final String command;

  /** Why it failed. */
  private final int errno;

  /**
   * Of a system call or a request.
   *
   * @param command what was asked for: a system call's name, or a netlink request's
   * @param errno why it failed, over 0: the kernel's number; EBADMSG (74): its answer was
   *     malformed, ETIMEDOUT (110): there was none
   * @param words the same in words
   */
  public KernelException(String command, int errno, String words) {
    super(command + ": " + words + " (errno " + errno + ")");
    this.command = command;
    this.errno = errno;
  }

  /**
   * What was asked for.
   *
   * @return a system call's name, or a netlink request's
   */
  public String command() {
    return command;
  }

  /**
   * Why it failed.
   *
   * @return the kernel's number, over 0
   */
  public int errno() {
    return errno;
  }
}

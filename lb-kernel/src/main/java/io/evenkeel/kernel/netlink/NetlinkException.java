package io.evenkeel.kernel.netlink;

import java.io.IOException;

/** A request that the kernel refused, or that was not answered as it should have been. */
public final class NetlinkException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String command;
  private final int errno;

  /**
   * Of a request.
   *
   * @param command what was asked for
   * @param errno why it failed, over 0; EBADMSG: the answer was malformed
   * @param words the same in words
   */
  public NetlinkException(String command, int errno, String words) {
    super(command + ": " + words + " (errno " + errno + ")");
    this.command = command;
    this.errno = errno;
  }

  /**
   * What was asked for.
   *
   * @return the command
   */
  public String command() {
    return command;
  }

  /**
   * Why it failed.
   *
   * @return one of {@link io.evenkeel.kernel.sys.Errno}, or another of the kernel's numbers
   */
  public int errno() {
    return errno;
  }
}

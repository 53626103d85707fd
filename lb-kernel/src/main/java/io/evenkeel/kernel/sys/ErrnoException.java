package io.evenkeel.kernel.sys;

import java.io.IOException;

/** A system call that failed. */
public final class ErrnoException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String call;
  private final int errno;

  /**
   * Of a call.
   *
   * @param call its name
   * @param errno why it failed
   * @param words the same in words
   */
  public ErrnoException(String call, int errno, String words) {
    super(call + ": " + words + " (errno " + errno + ")");
    this.call = call;
    this.errno = errno;
  }

  /**
   * Which call failed.
   *
   * @return its name
   */
  public String call() {
    return call;
  }

  /**
   * Why it failed.
   *
   * @return one of {@link Errno}, or another of the kernel's numbers
   */
  public int errno() {
    return errno;
  }
}

package io.evenkeel.kernel.netlink;

/** A message that is not what its header or its attributes say. */
public final class MalformedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * With what is wrong.
   *
   * @param message name, value, and what was expected
   */
  public MalformedException(String message) {
    super(message);
  }
}

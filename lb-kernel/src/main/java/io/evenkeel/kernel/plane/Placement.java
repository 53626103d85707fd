package io.evenkeel.kernel.plane;

/**
 * Where a service is on its way between proxy and kernel: a line on which each step changes one of
 * the two alone.
 */
enum Placement {
  /** The proxy has all of it; the kernel does not know it. */
  PROXY(true),
  /**
   * The kernel has it, and passes new connections to the proxy; the servers' weights are 0 there,
   * so that connections which the kernel carries run on.
   */
  PASSING(true),
  /** The kernel has all of it; the proxy still listens, and nobody comes. */
  COVERED(true),
  /** The kernel has all of it. */
  KERNEL(false);

  private final boolean isProxied;

  Placement(boolean isProxied) {
    this.isProxied = isProxied;
  }

  /** Whether the proxy listens. */
  boolean isProxied() {
    return isProxied;
  }

  /** Who gets new connections. */
  Carrier carrier() {
    return this == PROXY || this == PASSING ? Carrier.PROXY : Carrier.KERNEL;
  }
}

package io.evenkeel.kernel.ipvs;

import org.jspecify.annotations.Nullable;

/** One thing to do to the kernel's table. Immutable. */
public sealed interface IpvsChange {

  /**
   * Adds a service; EEXIST if it is there.
   *
   * @param service to be added
   */
  record AddService(IpvsService service) implements IpvsChange {}

  /**
   * Gives a service other settings; ESRCH if it is not there.
   *
   * @param service with them
   */
  record EditService(IpvsService service) implements IpvsChange {}

  /**
   * Takes a service away, its destinations with it; ESRCH if it is not there.
   *
   * @param key of the service
   */
  record DeleteService(IpvsKey key) implements IpvsChange {}

  /**
   * Adds a destination at the head of a service's list; EEXIST if it is there, EINVAL if it is of
   * another family than the service's and a sync daemon runs.
   *
   * @param service to which
   * @param destination to be added
   */
  record AddDestination(IpvsKey service, IpvsDestination destination) implements IpvsChange {

    /**
     * Checks the port.
     *
     * @throws IllegalArgumentException if it is not the service's, with direct routing or a tunnel
     */
    public AddDestination {
      checkPort(service, destination);
    }
  }

  /**
   * Gives a destination other settings, in its place; ENOENT if it is not there.
   *
   * @param service of which
   * @param destination with them
   */
  record EditDestination(IpvsKey service, IpvsDestination destination) implements IpvsChange {

    /**
     * Checks the port.
     *
     * @throws IllegalArgumentException if it is not the service's, with direct routing or a tunnel
     */
    public EditDestination {
      checkPort(service, destination);
    }
  }

  /**
   * Takes a destination away; ENOENT if it is not there.
   *
   * @param service of which
   * @param destination known by its address and port
   */
  record DeleteDestination(IpvsKey service, IpvsDestination destination) implements IpvsChange {}

  /**
   * Sets counters to zero.
   *
   * @param service of one service and its destinations; null: of all
   */
  record Zero(@Nullable IpvsKey service) implements IpvsChange {}

  /** Takes all services away. */
  record Flush() implements IpvsChange {}

  /** The kernel takes another port, lists it, and sends packets to the service's all the same. */
  private static void checkPort(IpvsKey service, IpvsDestination destination) {
    boolean keepsPort =
        destination.method() == ForwardingMethod.DIRECT
            || destination.method() == ForwardingMethod.TUNNEL;
    if (keepsPort
        && service instanceof IpvsAddress address
        && address.port() != destination.port()) {
      throw new IllegalArgumentException(
          "destination port: "
              + destination.port()
              + " with "
              + destination.method()
              + " (expected: "
              + address.port()
              + ", the service's; only MASQUERADE maps ports)");
    }
  }
}

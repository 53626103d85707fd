package io.evenkeel.kernel.plane;

import io.evenkeel.DataPlane;
import io.evenkeel.Director;
import io.evenkeel.PlaneContext;
import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.model.ServiceKey;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Carries each service by a proxy or by the kernel, and moves one from one to the other while it
 * works: none that is established is broken, and nobody is refused but in the instant in which the
 * kernel has a new service and not yet its first server (and, with dh on the way back, while it
 * changes the scheduler). For services of one TCP address, whose real servers are masqueraded.
 *
 * <p>To the kernel: it takes the new connections, and packets of those that the proxy has, of which
 * it knows nothing, go on to the proxy's sockets (net/netfilter/ipvs/ip_vs_proto_tcp.c). To the
 * proxy: the kernel passes new connections to it, as to a local destination, and goes on with its
 * own; when they have ended it forgets the service. Which server a client is tied to by persistence
 * goes with the service.
 *
 * <p>Where a service is does not outlive the director: a new one begins with what the factory says.
 * Thread-safe.
 *
 * <pre>{@code
 * MovablePlane plane = MovablePlane.between(TcpProxy.create(), IpvsPlane.builder(stateFile).build(), Carrier.PROXY);
 * Director director = Director.builder().service(web).dataPlane(plane).build().start();
 * plane.move(director, web.key(), Carrier.KERNEL).join();
 * }</pre>
 */
public final class MovablePlane implements DataPlane.Factory {
  private final DataPlane.Factory proxy;
  private final IpvsPlane kernel;
  private final Carrier initially;
  private volatile @Nullable MovableDataPlane made;

  private MovablePlane(DataPlane.Factory proxy, IpvsPlane kernel, Carrier initially) {
    this.proxy = Objects.requireNonNull(proxy, "proxy");
    this.kernel = Objects.requireNonNull(kernel, "kernel");
    this.initially = Objects.requireNonNull(initially, "initially");
  }

  /**
   * Of two data planes.
   *
   * @param proxy in user space, such as {@code TcpProxy.create()}
   * @param kernel its IPVS
   * @param initially what carries a service that was not moved
   * @return for one director
   * @throws IllegalArgumentException if the kernel's is that of another network namespace
   */
  public static MovablePlane between(DataPlane.Factory proxy, IpvsPlane kernel, Carrier initially) {
    if (kernel.namespace() != null) {
      throw new IllegalArgumentException(
          "network namespace: " + kernel.namespace() + " (expected: the proxy's)");
    }
    return new MovablePlane(proxy, kernel, initially);
  }

  @Override
  public DataPlane create(PlaneContext context) {
    if (made != null) {
      throw new IllegalStateException("movable plane: has a director (expected: one of its own)");
    }
    MovableDataPlane plane =
        new MovableDataPlane(
            proxy.create(context),
            new IpvsDataPlane(kernel, context),
            service -> new KernelCrossing(Ipvs.open(), service),
            initially);
    made = plane;
    return plane;
  }

  /**
   * What gives servers to a service's new connections.
   *
   * @param service which
   * @return its carrier
   * @throws IllegalStateException if no director has this plane
   */
  public Carrier carrier(ServiceKey service) {
    return plane().carrier(service);
  }

  /**
   * Moves a service. Blocks nobody; one move at a time, in the order they were asked for.
   *
   * @param director the one that has this plane
   * @param service of one TCP address, with masqueraded real servers
   * @param to what carries its new connections when the result completes; to where it is already:
   *     nothing to do
   * @return completes when that is so, while connections that are open run on where they are;
   *     exceptionally with an {@link IllegalArgumentException} that says why the service cannot be
   *     moved, or with what went wrong, and then the old carrier goes on
   * @throws IllegalStateException if no director has this plane
   */
  public CompletableFuture<Void> move(Director director, ServiceKey service, Carrier to) {
    return plane().move(director, service, to);
  }

  private MovableDataPlane plane() {
    MovableDataPlane plane = made;
    if (plane == null) {
      throw new IllegalStateException("movable plane: no director (expected: one)");
    }
    return plane;
  }
}

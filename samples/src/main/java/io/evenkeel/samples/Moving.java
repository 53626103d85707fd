package io.evenkeel.samples;

import io.evenkeel.Director;
import io.evenkeel.kernel.plane.Carrier;
import io.evenkeel.kernel.plane.IpvsPlane;
import io.evenkeel.kernel.plane.MovablePlane;
import io.evenkeel.model.VirtualService;
import io.evenkeel.proxy.TcpProxy;
import java.nio.file.Path;

/** A service that goes from the proxy to the kernel while it works: an example of the README. */
final class Moving {
  private Moving() {}

  static Director start(VirtualService web) {
    IpvsPlane kernel = IpvsPlane.builder(Path.of("/run/evenkeel/keys")).build();
    MovablePlane plane = MovablePlane.between(TcpProxy.create(), kernel, Carrier.PROXY);
    Director director = Director.builder().service(web).dataPlane(plane).build().start();
    plane.move(director, web.key(), Carrier.KERNEL).join();
    return director;
  }
}

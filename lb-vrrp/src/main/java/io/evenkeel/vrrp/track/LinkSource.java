package io.evenkeel.vrrp.track;

import io.evenkeel.kernel.net.Network;
import java.util.function.Consumer;

/** A network link. */
final class LinkSource extends Source {
  private final Network network;
  private final String device;

  LinkSource(Network network, String device) {
    super("link " + device);
    this.network = network;
    this.device = device;
  }

  @Override
  Runnable begin(Consumer<Reading> readings) {
    return LinkHub.listen(network, device, readings);
  }
}

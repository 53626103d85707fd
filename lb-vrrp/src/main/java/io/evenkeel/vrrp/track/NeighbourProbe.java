package io.evenkeel.vrrp.track;

import io.evenkeel.kernel.net.Network;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** One ARP request or neighbour solicitation. */
record NeighbourProbe(Network network, InetAddress target, String device) implements Probe {

  @Override
  public CompletableFuture<Boolean> probe() {
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    CompletableFuture<Duration> asked = network.probe(target, device, null);
    asked.whenComplete(
        (time, failure) -> {
          if (failure == null) {
            result.complete(true);
          } else {
            result.completeExceptionally(failure);
          }
        });
    result.whenComplete((answer, failure) -> asked.cancel(false));
    return result;
  }

  @Override
  public String toString() {
    return "neighbour " + target.getHostAddress() + " on " + device;
  }
}

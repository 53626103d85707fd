package io.evenkeel.vrrp.track;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.net.Address;
import io.evenkeel.kernel.net.Pinger;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** One echo request. */
record PingProbe(InetAddress target) implements Probe {
  /** As ping(8). */
  private static final int PAYLOAD_BYTES = 56;

  @Override
  public CompletableFuture<Boolean> probe() {
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    CompletableFuture<Duration> ping = Pinger.ping(target, null, PAYLOAD_BYTES);
    ping.whenComplete(
        (time, failure) -> {
          if (failure == null) {
            result.complete(true);
          } else if (failure instanceof KernelException e) {
            result.completeExceptionally(new IOException(Pinger.inWords(e), e));
          } else {
            result.completeExceptionally(failure);
          }
        });
    result.whenComplete((answer, failure) -> ping.cancel(false));
    return result;
  }

  @Override
  public String toString() {
    return "ping " + Address.text(target);
  }
}

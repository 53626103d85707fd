package io.evenkeel.vrrp.track;

import io.evenkeel.kernel.net.Address;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;

/** One TCP connection. */
record TcpProbe(InetSocketAddress target) implements Probe {

  TcpProbe {
    if (target.isUnresolved()) {
      throw new IllegalArgumentException(
          "target: " + target + " (expected: an address, or a name that can be resolved)");
    }
  }

  @Override
  public CompletableFuture<Boolean> probe() {
    Socket socket = new Socket();
    CompletableFuture<Boolean> result =
        Workers.ask(
            () -> {
              try (socket) {
                socket.connect(target);
                return true;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    // Whoever waits for it no longer ends the waiting of its thread.
    result.whenComplete((answer, failure) -> close(socket));
    return result;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return "tcp " + Address.text(target.getAddress()) + ":" + target.getPort();
  }
}

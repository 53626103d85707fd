package io.evenkeel.proxy;

import io.evenkeel.ConnectionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A walk over the connections of one worker that stops from time to time, so that their traffic
 * goes on. Everything is done on the worker's event loop.
 *
 * <p>Newer connections stand before older ones: the walk does not meet those that come meanwhile,
 * and ends. One that goes meanwhile still leads to the one that stood behind it.
 */
final class Listing {
  /** How many are looked at before the loop does other things. */
  static final int AT_ONCE = 512;

  private final List<ConnectionStatus> found = new ArrayList<>();
  private final CompletableFuture<List<ConnectionStatus>> result;

  /** Who is looked at next. */
  private @Nullable TcpRelay next;

  Listing(@Nullable TcpRelay first, CompletableFuture<List<ConnectionStatus>> result) {
    this.next = first;
    this.result = result;
  }

  /** Goes on; false if that was all. */
  boolean goOn() {
    long nowNanos = System.nanoTime();
    for (int i = 0; i < AT_ONCE && next != null; i++) {
      ConnectionStatus status = next.status(nowNanos);
      if (status != null) {
        found.add(status);
      }
      next = next.next;
    }
    if (next != null) {
      return true;
    }
    result.complete(found);
    return false;
  }
}

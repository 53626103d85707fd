package io.evenkeel.kernel.net;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.netlink.Netlink;
import io.evenkeel.kernel.netlink.Request;
import io.evenkeel.kernel.sys.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is asked of rtnetlink, and what its refusals mean. Thread-safe. */
final class Requests {
  private final Netlink netlink;

  Requests(Netlink netlink) {
    this.netlink = netlink;
  }

  <T> T ask(Request request, Function<ByteBuffer, T> decoder) throws IOException {
    T answer = netlink.get(request, decoder);
    if (answer == null) {
      throw new IOException(request.command() + ": the kernel did not answer");
    }
    return answer;
  }

  /** Takes something away; returns whether it was there. */
  boolean take(Request request) throws IOException {
    return execute(request, Errno.EADDRNOTAVAIL, Errno.ESRCH, Errno.ENODEV) == null;
  }

  /**
   * Takes a route away, but none that only resembles it: what a request does not say is any to the
   * kernel, and metric 0 of IPv4 cannot be said.
   */
  boolean take(Route route, int index) throws IOException {
    boolean isThere =
        netlink
            .dump(
                RouteMessages.list(),
                message ->
                    RouteMessages.parse(message, each -> each == index ? route.device() : null))
            .stream()
            .flatMap(List::stream)
            .anyMatch(found -> RouteMessages.isSame(route, found));
    return isThere && take(RouteMessages.remove(route, index));
  }

  /** Returns the refusal if it is one of those expected. */
  @Nullable KernelException execute(Request request, int... expected) throws IOException {
    try {
      netlink.execute(request);
      return null;
    } catch (KernelException e) {
      for (int each : expected) {
        if (e.errno() == each) {
          return e;
        }
      }
      if (e.errno() == Errno.EPERM) {
        throw new KernelException(
            request.command(), Errno.EPERM, "not permitted, expected: CAP_NET_ADMIN");
      }
      throw e;
    }
  }

  static boolean isThereOrThrow(boolean isThere, KernelException refused) throws KernelException {
    if (!isThere) {
      throw new KernelException(
          refused.command(), refused.errno(), "another is there that differs in more");
    }
    return false;
  }

  static <T> Function<ByteBuffer, Optional<T>> optional(Function<ByteBuffer, @Nullable T> decoder) {
    return message -> Optional.ofNullable(decoder.apply(message));
  }

  static <T> List<T> present(List<Optional<T>> all) {
    return all.stream().flatMap(Optional::stream).toList();
  }
}

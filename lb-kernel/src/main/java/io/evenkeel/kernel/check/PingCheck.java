package io.evenkeel.kernel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.net.Pinger;
import io.evenkeel.kernel.sys.Errno;
import io.evenkeel.kernel.sys.Sys;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Passes when the server answers an echo request (ICMP, RFC 792; ICMPv6, RFC 4443): keepalived's
 * PING_CHECK. It says of the host that it is there, and of no port that anybody listens.
 *
 * <p>It needs Linux, and no privilege, but the kernel must allow it: a group of this process must
 * be within the sysctl {@code net.ipv4.ping_group_range}, which counts for IPv6, too. Where it is
 * not, the check has no result, and {@link #unavailabilityCause()} says so beforehand; as it does
 * where seccomp or a security module does not permit it. Immutable.
 *
 * @param payloadBytes how many bytes the request carries, 0..{@value Pinger#MAX_PAYLOAD_BYTES}; a
 *     packet that is longer than the network takes is fragmented
 */
public record PingCheck(int payloadBytes) implements HealthCheck {
  private static final int DEFAULT_PAYLOAD_BYTES = 56;

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public PingCheck {
    if (payloadBytes < 0 || payloadBytes > Pinger.MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException(
          "payloadBytes: " + payloadBytes + " (expected: 0.." + Pinger.MAX_PAYLOAD_BYTES + ")");
    }
    // Loads what a check must not wait for.
    Sys.unavailabilityCause();
  }

  /**
   * With a payload of 56 bytes, as ping(8).
   *
   * @return the check
   */
  public static PingCheck create() {
    return new PingCheck(DEFAULT_PAYLOAD_BYTES);
  }

  /**
   * Whether this process may ping.
   *
   * @return true if {@link #unavailabilityCause()} is null
   */
  public static boolean isAvailable() {
    return unavailabilityCause() == null;
  }

  /**
   * Why this process may not ping.
   *
   * @return the cause; null: it may
   */
  public static @Nullable String unavailabilityCause() {
    return Pinger.unavailabilityCause();
  }

  @Override
  public String name() {
    return "ping";
  }

  @Override
  public String toString() {
    return payloadBytes == DEFAULT_PAYLOAD_BYTES ? name() : name() + ":" + payloadBytes + " bytes";
  }

  @Override
  public CompletionStage<CheckResult> check(CheckTarget target) {
    String missing = Sys.unavailabilityCause();
    if (missing != null) {
      return CompletableFuture.completedFuture(CheckResult.none(missing));
    }
    CompletableFuture<CheckResult> result = new CompletableFuture<>();
    InetSocketAddress bind = target.bind();
    InetAddress from = bind == null ? null : bind.getAddress();
    CompletableFuture<Duration> ping =
        Pinger.ping(target.address().getAddress(), from, payloadBytes);
    ping.whenComplete(
        (time, failure) -> result.complete(failure == null ? answered(time) : judge(failure)));
    Future<?> timer =
        target
            .eventLoop()
            .schedule(
                () -> result.complete(late(target.timeout())),
                target.timeout().toNanos(),
                TimeUnit.NANOSECONDS);
    result.whenComplete(
        (r, e) -> {
          timer.cancel(false);
          ping.cancel(false);
        });
    return result;
  }

  private static CheckResult answered(Duration time) {
    return CheckResult.pass("answer after " + time.toMillis() + " ms");
  }

  private static CheckResult late(Duration limit) {
    return CheckResult.fail("no answer within " + limit.toMillis() + " ms");
  }

  private static CheckResult judge(Throwable failure) {
    if (!(failure instanceof KernelException e)) {
      return CheckResult.none(failure.toString());
    }
    return switch (e.errno()) {
      case Errno.EHOSTUNREACH, Errno.EHOSTDOWN -> CheckResult.fail("host unreachable");
      case Errno.ENETUNREACH, Errno.ENETDOWN -> CheckResult.fail("network unreachable");
      // What is received as an error was told by ICMP.
      default ->
          e.command().equals("recvfrom")
              ? CheckResult.fail(String.valueOf(e.getMessage()))
              : CheckResult.none(Pinger.inWords(e));
    };
  }
}

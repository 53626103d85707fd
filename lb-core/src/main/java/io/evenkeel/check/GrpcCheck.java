package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import io.netty.channel.ChannelHandler;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Passes when {@code grpc.health.v1.Health/Check} (the gRPC health checking protocol) answers
 * SERVING, over HTTP/2 (RFC 9113) with prior knowledge or over TLS. Needs {@code
 * io.netty:netty-codec-http2}; without it there is no result, which says so. Immutable.
 *
 * @param service what is asked for; empty: the server as a whole
 * @param authority the {@code :authority} header; null: the server's endpoint
 * @param tls how TLS is spoken; null: it is not
 */
public record GrpcCheck(String service, @Nullable String authority, @Nullable Tls tls)
    implements HealthCheck {

  /** The longest name of a service, in bytes of UTF-8. */
  public static final int MAX_SERVICE_BYTES = 4096;

  /**
   * Checks service and authority.
   *
   * @throws IllegalArgumentException if {@code service} is too long, or {@code authority} holds
   *     white space
   */
  public GrpcCheck {
    int bytes = service.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_SERVICE_BYTES) {
      throw new IllegalArgumentException(
          "service: " + bytes + " bytes (expected: at most " + MAX_SERVICE_BYTES + ")");
    }
    if (authority != null && !authority.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("authority: " + authority + " (expected: no white space)");
    }
  }

  /**
   * Asks for the server as a whole, without TLS.
   *
   * @return the check
   */
  public static GrpcCheck create() {
    return new GrpcCheck("", null, null);
  }

  /**
   * Asks for one service, without TLS.
   *
   * @param service its name
   * @return the check
   * @throws IllegalArgumentException if it is too long
   */
  public static GrpcCheck service(String service) {
    return new GrpcCheck(service, null, null);
  }

  /**
   * With another {@code :authority} header.
   *
   * @param name what is sent
   * @return the changed check
   * @throws IllegalArgumentException if it holds white space
   */
  public GrpcCheck withAuthority(String name) {
    return new GrpcCheck(service, name, tls);
  }

  /**
   * Over TLS.
   *
   * @param settings how
   * @return the changed check
   */
  public GrpcCheck withTls(Tls settings) {
    return new GrpcCheck(service, authority, settings);
  }

  @Override
  public String name() {
    return "grpc";
  }

  @Override
  public String toString() {
    return name()
        + ":"
        + service
        + (authority == null ? "" : " authority " + authority)
        + (tls == null ? "" : " " + tls);
  }

  @Override
  public CompletionStage<CheckResult> check(CheckTarget target) {
    return OptionalJar.HTTP2.need(() -> CheckConnection.run(target, handlers(target)));
  }

  /** Apart, and made before there is a connection: it needs the jar that may be missing. */
  private Function<CompletableFuture<CheckResult>, ChannelHandler> handlers(CheckTarget target) {
    GrpcExchange.requireHttp2();
    return result -> new GrpcExchange.Pipeline(this, target, result);
  }
}

package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Passes when a GET over HTTP/1.1 (RFC 9112) is answered with a status in a range. Interim answers
 * (1xx but 101; RFC 9110, 15.2) are not judged, and the body is not read. Immutable.
 *
 * @param path what is asked for, with a leading slash; may carry a query
 * @param host the Host header; null: the server's endpoint
 * @param minStatus lowest status that passes, 100..599
 * @param maxStatus highest status that passes, minStatus..599
 */
public record HttpCheck(String path, @Nullable String host, int minStatus, int maxStatus)
    implements HealthCheck {

  /**
   * Checks path and range.
   *
   * @throws IllegalArgumentException if {@code path} does not begin with a slash or holds white
   *     space, {@code host} holds white space, or the range is not valid
   */
  public HttpCheck {
    if (!path.startsWith("/") || hasSpace(path)) {
      throw new IllegalArgumentException("path: " + path + " (expected: /... without white space)");
    }
    if (host != null && hasSpace(host)) {
      throw new IllegalArgumentException("host: " + host + " (expected: no white space)");
    }
    if (minStatus < 100 || maxStatus > 599 || minStatus > maxStatus) {
      throw new IllegalArgumentException(
          "status: " + minStatus + ".." + maxStatus + " (expected: a range within 100..599)");
    }
  }

  /**
   * Passes on status 200..299.
   *
   * @param path what is asked for, with a leading slash
   * @return the check
   * @throws IllegalArgumentException if {@code path} is not valid
   */
  public static HttpCheck get(String path) {
    return new HttpCheck(path, null, 200, 299);
  }

  /**
   * With another Host header.
   *
   * @param name what is sent
   * @return the changed check
   * @throws IllegalArgumentException if it holds white space
   */
  public HttpCheck withHost(String name) {
    return new HttpCheck(path, name, minStatus, maxStatus);
  }

  /**
   * With another range of statuses that pass.
   *
   * @param lowest 100..599
   * @param highest lowest..599
   * @return the changed check
   * @throws IllegalArgumentException if the range is not valid
   */
  public HttpCheck withStatus(int lowest, int highest) {
    return new HttpCheck(path, host, lowest, highest);
  }

  @Override
  public String name() {
    return "http";
  }

  @Override
  public String toString() {
    return name()
        + ":"
        + path
        + " status "
        + minStatus
        + ".."
        + maxStatus
        + (host == null ? "" : " host " + host);
  }

  @Override
  public CompletionStage<CheckResult> check(CheckTarget target) {
    return CheckConnection.run(target, result -> pipeline(target, result));
  }

  ChannelHandler pipeline(CheckTarget target, CompletableFuture<CheckResult> result) {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(new HttpClientCodec(), new Exchange(request(target), result));
      }
    };
  }

  private FullHttpRequest request(CheckTarget target) {
    FullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path);
    request
        .headers()
        .set(HttpHeaderNames.HOST, host != null ? host : target.endpoint().toString())
        .set(HttpHeaderNames.USER_AGENT, "evenkeel")
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    return request;
  }

  private static boolean hasSpace(String text) {
    return text.chars().anyMatch(c -> c <= ' ' || c == 0x7f);
  }

  private final class Exchange extends ChannelInboundHandlerAdapter {
    private final FullHttpRequest request;
    private final CompletableFuture<CheckResult> result;

    Exchange(FullHttpRequest request, CompletableFuture<CheckResult> result) {
      this.request = request;
      this.result = result;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(request, ctx.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      try {
        if (message instanceof HttpResponse response && !isInterim(response.status())) {
          result.complete(judge(response));
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      result.complete(CheckResult.fail("connection closed without an answer"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      result.complete(CheckResult.fail(String.valueOf(cause.getMessage())));
    }

    private static boolean isInterim(HttpResponseStatus status) {
      return status.codeClass() == HttpStatusClass.INFORMATIONAL
          && !status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    }

    private CheckResult judge(HttpResponse response) {
      if (response.decoderResult().isFailure()) {
        return CheckResult.fail("an answer that is not HTTP");
      }
      int status = response.status().code();
      return status >= minStatus && status <= maxStatus
          ? CheckResult.pass(String.valueOf(status))
          : CheckResult.fail(status + " (expected: " + minStatus + ".." + maxStatus + ")");
    }
  }
}

package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.Future;
import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** One connection for one check: opened, bounded in time, and closed whatever happens. */
final class CheckConnection {
  private CheckConnection() {}

  /**
   * Connects and lets a handler find the result.
   *
   * @param target what is to be checked
   * @param handler makes the handler that completes the result
   * @return completes with the handler's result, with a failure to connect or to answer in time, or
   *     with none if no socket can be had
   */
  static CompletableFuture<CheckResult> run(
      CheckTarget target, Function<CompletableFuture<CheckResult>, ChannelHandler> handler) {
    CompletableFuture<CheckResult> result = new CompletableFuture<>();
    long timeoutMillis = Math.max(1, target.timeout().toMillis());
    Transport transport = Transport.of(target.eventLoop());
    ChannelFuture connect =
        new Bootstrap()
            .group(target.eventLoop())
            .channelFactory(transport::newSocketChannel)
            // The timer below bounds it all.
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
            .handler(handler.apply(result))
            .connect(target.address());
    Channel channel = connect.channel();
    connect.addListener(
        f -> {
          if (!f.isSuccess()) {
            result.complete(notConnected(f.cause()));
          }
        });
    Future<?> timer =
        target
            .eventLoop()
            .schedule(
                () ->
                    result.complete(
                        CheckResult.fail(
                            (connect.isSuccess() ? "no answer" : "no connection")
                                + " within "
                                + timeoutMillis
                                + " ms")),
                timeoutMillis,
                TimeUnit.MILLISECONDS);
    result.whenComplete(
        (r, e) -> {
          timer.cancel(false);
          channel.close();
        });
    return result;
  }

  static CheckResult notConnected(Throwable cause) {
    if (Transport.isPeersFault(cause)) {
      return CheckResult.fail(inWords(cause));
    }
    // Netty wraps what is the matter with a socket that this host did not give.
    Throwable root = cause.getCause() == null ? cause : cause.getCause();
    return CheckResult.none(root.toString());
  }

  private static String inWords(Throwable cause) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return cause instanceof ConnectException && message.contains("refused")
        ? "connection refused"
        : message;
  }
}

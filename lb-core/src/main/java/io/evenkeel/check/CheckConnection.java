package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
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
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                (int) Math.min(timeoutMillis, Integer.MAX_VALUE))
            .handler(handler.apply(result))
            .connect(target.address());
    Channel channel = connect.channel();
    connect.addListener(
        f -> {
          if (!f.isSuccess()) {
            result.complete(notConnected(f.cause(), timeoutMillis));
          }
        });
    Future<?> timer =
        target
            .eventLoop()
            .schedule(
                () ->
                    result.complete(CheckResult.fail("no answer within " + timeoutMillis + " ms")),
                timeoutMillis,
                TimeUnit.MILLISECONDS);
    result.whenComplete(
        (r, e) -> {
          timer.cancel(false);
          channel.close();
        });
    return result;
  }

  static CheckResult notConnected(Throwable cause, long timeoutMillis) {
    // Netty's word for a socket that this host did not give, for want of file descriptors mostly.
    return cause instanceof ChannelException
        ? CheckResult.none(
            cause.getCause() == null ? cause.toString() : cause.getCause().toString())
        : CheckResult.fail(inWords(cause, timeoutMillis));
  }

  private static String inWords(Throwable cause, long timeoutMillis) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    if (cause instanceof ConnectTimeoutException) {
      return "no connection within " + timeoutMillis + " ms";
    }
    return cause instanceof ConnectException && message.contains("refused")
        ? "connection refused"
        : message;
  }
}

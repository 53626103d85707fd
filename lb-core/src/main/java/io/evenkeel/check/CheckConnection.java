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
import java.time.Duration;
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
    Transport transport = Transport.of(target.eventLoop());
    ChannelFuture connect =
        new Bootstrap()
            .group(target.eventLoop())
            .channelFactory(transport::newSocketChannel)
            // The timers below bound it all.
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
            .handler(handler.apply(result))
            .connect(target.address(), target.bind());
    Channel channel = connect.channel();
    connect.addListener(
        f -> {
          if (!f.isSuccess()) {
            result.complete(notConnected(f.cause()));
          }
        });
    Future<?> connectTimer =
        after(
            target.connectTimeout(),
            target,
            () -> {
              if (!connect.isSuccess()) {
                result.complete(late("no connection", target.connectTimeout()));
              }
            });
    Future<?> timer =
        after(
            target.timeout(),
            target,
            () ->
                result.complete(
                    late(connect.isSuccess() ? "no answer" : "no connection", target.timeout())));
    result.whenComplete(
        (r, e) -> {
          connectTimer.cancel(false);
          timer.cancel(false);
          channel.close();
        });
    return result;
  }

  private static Future<?> after(Duration delay, CheckTarget target, Runnable task) {
    return target.eventLoop().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static CheckResult late(String what, Duration limit) {
    return CheckResult.fail(what + " within " + limit.toMillis() + " ms");
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

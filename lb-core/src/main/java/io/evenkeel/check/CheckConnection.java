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
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** One connection for one check: opened, bounded in time, and ended whatever happens. */
final class CheckConnection {
  /**
   * Goes through the pipeline when the time is over, before the result is that no answer came: a
   * handler that knows better what is missing completes the result itself.
   */
  static final Object TIMED_OUT = new Object();

  private CheckConnection() {}

  /**
   * Connects and lets a handler find the result. Then the connection is ended with a FIN ({@link
   * Ending}); the handler sees nothing of that.
   *
   * @param target what is to be checked
   * @param handler makes the handler that completes the result
   * @return completes with the handler's result, with a failure to connect or to answer in time, or
   *     with none if no socket can be had
   */
  static CompletableFuture<CheckResult> run(
      CheckTarget target, Function<CompletableFuture<CheckResult>, ChannelHandler> handler) {
    return run(target, 0, Ending.Order.US_FIRST, handler);
  }

  /**
   * As {@link #run(CheckTarget, Function)}, for one of a check's several connections, or one that
   * the server is to end.
   *
   * @param usedNanos how much of the target's time is gone
   * @param order who ends the connection of a check that passes
   */
  static CompletableFuture<CheckResult> run(
      CheckTarget target,
      long usedNanos,
      Ending.Order order,
      Function<CompletableFuture<CheckResult>, ChannelHandler> handler) {
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
            target.connectTimeout().toNanos(),
            target,
            () -> {
              if (!connect.isSuccess()) {
                result.complete(late("no connection", target.connectTimeout()));
              }
            });
    Future<?> timer =
        after(
            target.timeout().toNanos() - usedNanos,
            target,
            () -> {
              if (connect.isSuccess()) {
                channel.pipeline().fireUserEventTriggered(TIMED_OUT);
              }
              result.complete(
                  late(connect.isSuccess() ? "no answer" : "no connection", target.timeout()));
            });
    result.whenComplete(
        (r, e) -> {
          connectTimer.cancel(false);
          timer.cancel(false);
          boolean passed = r != null && r.verdict() == CheckResult.Verdict.PASSED;
          Ending.begin(channel, transport, passed ? order : Ending.Order.US_FIRST);
        });
    return result;
  }

  private static Future<?> after(long nanos, CheckTarget target, Runnable task) {
    return target.eventLoop().schedule(task, nanos, TimeUnit.NANOSECONDS);
  }

  /** What was not there in time. */
  static CheckResult late(String what, Duration limit) {
    return CheckResult.fail(what + " within " + limit.toMillis() + " ms");
  }

  static CheckResult notConnected(Throwable cause) {
    if (Transport.isPeersFault(cause)) {
      return broken(cause);
    }
    // Netty wraps what is the matter with a socket that this host did not give.
    Throwable root = cause.getCause() == null ? cause : cause.getCause();
    return CheckResult.none(root.toString());
  }

  /** The connection broke. */
  static CheckResult broken(Throwable cause) {
    if (Transport.isRefused(cause)) {
      return CheckResult.fail("connection refused");
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    // A pipe is broken if the reset came before this side wrote.
    boolean reset = message.contains("Connection reset") || message.contains("Broken pipe");
    return CheckResult.fail(reset ? "connection reset" : Wording.clean(message));
  }
}

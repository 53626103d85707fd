package io.evenkeel.check;

import io.evenkeel.health.CheckTarget;
import io.evenkeel.model.Endpoint;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An event loop whose time a test sets, and a target on it with a time-out of one second. */
final class CheckClock implements AutoCloseable {
  private final EmbeddedChannel channel = new EmbeddedChannel();

  CheckClock() {
    channel.freezeTime();
  }

  CheckTarget target() {
    return new CheckTarget(
        new Endpoint("127.0.0.1", 80),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 80),
        null,
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        channel.eventLoop());
  }

  /** Runs what is due by then. */
  void advance(Duration time) {
    channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
  }

  /** Whether a timer is set: they must not outlive their checks. */
  boolean hasTimers() {
    return channel.runScheduledPendingTasks() >= 0;
  }

  @Override
  public void close() {
    channel.finishAndReleaseAll();
  }
}

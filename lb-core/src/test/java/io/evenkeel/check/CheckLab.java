package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.model.Endpoint;
import io.evenkeel.proxy.NettyWarnings;
import io.evenkeel.transport.Transport;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs checks on each transport that works here, one event loop each, and takes their time. Closing
 * it fails if Netty warned of something.
 */
final class CheckLab implements AutoCloseable {
  /** Long: nothing waits for it. */
  static final Duration PATIENT = Duration.ofSeconds(60);

  /** Short: a test waits for it. */
  static final Duration IMPATIENT = Duration.ofMillis(300);

  /** So many times {@link #IMPATIENT} is long enough for a peer's first words, however busy. */
  private static final int LONGEST_FACTOR = 9;

  /** What a busy machine may add to a promised time before a test fails. */
  static final Duration NOISE = Duration.ofSeconds(10);

  /** What came out of a check, and when. */
  record Run(CheckResult result, Duration took) {
    /** Fails for a reason that matches, within what was promised. */
    void assertFailed(String reason, Duration promised) {
      assertEquals(CheckResult.Verdict.FAILED, result.verdict(), result::toString);
      assertTrue(result.reason().matches(reason), () -> result.reason() + " (expected: " + reason);
      assertWithin(promised);
    }

    /** Passes with a reason that matches. */
    void assertPassed(String reason) {
      assertEquals(CheckResult.Verdict.PASSED, result.verdict(), result::toString);
      assertTrue(result.reason().matches(reason), () -> result.reason() + " (expected: " + reason);
    }

    void assertWithin(Duration promised) {
      assertTrue(
          took.compareTo(promised.plus(NOISE)) <= 0,
          () -> result + " after " + took + " (expected: " + promised + " and " + NOISE + ")");
    }
  }

  private final Map<Transport, EventLoopGroup> groups = new EnumMap<>(Transport.class);

  CheckLab() {
    NettyWarnings.listen();
    // What was left in this process by tests that do not ask.
    NettyWarnings.takeWithLeaks();
    transports().forEach(t -> groups.put(t, t.newGroup(1, "check")));
  }

  static Stream<Transport> transports() {
    return Stream.of(Transport.values()).filter(Transport::isAvailable);
  }

  /** With one time for the connection and for all of it. */
  Run run(Transport transport, HealthCheck check, InetSocketAddress address, Duration timeout)
      throws Exception {
    String host = address.getAddress().getHostAddress();
    return run(
        check,
        target(transport, new Endpoint(host, address.getPort()), address, null, timeout, timeout));
  }

  /**
   * Fails at its time-out for a reason that only a peer gives that has done something before: one
   * that a busy machine kept from it has more time the next time.
   *
   * @param peer where it is; asked for each attempt
   * @param reason what matches, up to the word "within"
   * @param more what matches after the time
   */
  void assertTimesOut(
      Transport transport,
      HealthCheck check,
      Callable<InetSocketAddress> peer,
      String reason,
      String more)
      throws Exception {
    for (int factor = 1; ; factor *= 3) {
      Duration timeout = IMPATIENT.multipliedBy(factor);
      String expected = reason + " within " + timeout.toMillis() + " ms" + more;
      Run run = run(transport, check, peer.call(), timeout);
      if (factor == LONGEST_FACTOR || run.result().reason().matches(expected)) {
        run.assertFailed(expected, timeout);
        return;
      }
      assertTrue(run.result().reason().matches("(\\S+: )?no .*"), run::toString);
    }
  }

  Run run(HealthCheck check, CheckTarget target) throws Exception {
    long start = System.nanoTime();
    CheckResult result =
        check.check(target).toCompletableFuture().get(PATIENT.toSeconds() * 2, TimeUnit.SECONDS);
    return new Run(result, Duration.ofNanos(System.nanoTime() - start));
  }

  CheckTarget target(
      Transport transport,
      Endpoint endpoint,
      InetSocketAddress address,
      @Nullable InetSocketAddress bind,
      Duration connectTimeout,
      Duration timeout) {
    return new CheckTarget(
        endpoint, address, bind, connectTimeout, timeout, groups.get(transport).next());
  }

  @Override
  public void close() {
    groups
        .values()
        .forEach(g -> g.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly());
    assertEquals(List.of(), NettyWarnings.takeWithLeaks());
  }
}

package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.Director;
import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.DynamicWeight;
import io.evenkeel.hook.Command;
import io.evenkeel.hook.Processes;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.VirtualService;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Scripts as checks. */
@Tag("smoke")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ScriptCheckIT {
  /** Long: nothing waits for it. */
  private static final Duration PATIENT = Duration.ofSeconds(60);

  private static final EventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  private final Processes processes = new Processes();

  @TempDir Path folder;

  @AfterAll
  static void endEventLoops() {
    LOOPS.shutdownGracefully(0, 5, TimeUnit.SECONDS);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    try (processes) {
      assertEquals(List.of(), processes.awaitNone());
    }
  }

  @Test
  void check_exit0_passesWithWhatItSaid() throws Exception {
    assertEquals(
        CheckResult.pass("exit 0: 3 workers \u00fcp"),
        check(shell("echo; echo '3 workers \u00fcp'")));
    assertEquals(CheckResult.pass("exit 0"), check(shell("true")));
  }

  @Test
  void check_otherStatus_fails() throws Exception {
    assertEquals(CheckResult.fail("exit 1: no db"), check(shell("echo no db >&2; exit 1")));
    assertEquals(CheckResult.fail("exit 2"), check(shell("exit 2")));
    assertEquals(CheckResult.fail("signal 9"), check(shell("kill -9 $$")));
  }

  @Test
  void check_longLineWithControlCharacters_isCutAndCleaned() throws Exception {
    CheckResult result =
        check(shell("printf 'a\\033[31m\\007'; yes | tr -d '\\n' | head -c 100000"));

    assertEquals("exit 0: a [31m " + "y".repeat(113) + "...", result.reason());
  }

  @Test
  void check_dynamic_statusIsAWeight() throws Exception {
    assertEquals(CheckResult.pass("exit 0"), check(shell("true").dynamic()));
    assertEquals(CheckResult.fail("exit 1"), check(shell("exit 1").dynamic()));
    for (int status : List.of(2, 3, 127, 137, 255)) {
      assertEquals(
          CheckResult.pass("exit " + status)
              .with(new DynamicWeight(DynamicWeight.Kind.ABSOLUTE, status - 2)),
          check(shell("exit " + status).dynamic()));
    }
    assertEquals(CheckResult.fail("signal 11"), check(shell("kill -11 $$").dynamic()));
  }

  @Test
  void check_cannotBeStarted_hasNoResult() throws Exception {
    assertEquals(
        CheckResult.none("not started: /no/such: not found or not executable"),
        check(ScriptCheck.of("/no/such").dynamic()));
  }

  @Test
  void check_environment_saysWhere() throws Exception {
    ScriptCheck says = shell("echo $EVENKEEL_HOST $EVENKEEL_PORT $EVENKEEL_BIND");

    assertEquals(CheckResult.pass("exit 0: 127.0.0.1 81"), check(says));
    assertEquals(
        CheckResult.pass("exit 0: 127.0.0.1 81 127.0.0.2"),
        check(
            says,
            PATIENT,
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), 0)));
  }

  @Test
  void check_hung_failsAtTheTimeoutAndNotWhenItIsEnded() throws Exception {
    long start = System.nanoTime();
    CheckResult result = check(shell("trap '' TERM; sleep 1000"), Duration.ofMillis(500), null);

    assertEquals(CheckResult.fail("not done within 500 ms"), result);
    // It is still there: the grace has not passed.
    assertTrue(System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(2400));
  }

  @Test
  void check_ownTimeoutIsShorter_counts() throws Exception {
    Command command = shell("sleep 1000").command().timeout(Duration.ofMillis(200));
    CheckResult result = check(new ScriptCheck(command, ScriptCheck.Weights.NONE));

    assertEquals(CheckResult.Verdict.FAILED, result.verdict());
    assertTrue(result.reason().startsWith("ended after "), result.reason());
  }

  /** One that hangs with children that ignore SIGTERM, beside three that run every 50 ms. */
  @Test
  void director_oneScriptHangs_othersKeepTheirPace() throws Exception {
    double alone = runsPerSecond(false);
    double beside = runsPerSecond(true);

    System.out.printf("runs per second: %.1f alone, %.1f beside one that hangs%n", alone, beside);
    assertTrue(
        beside > alone / 2, "runs per second: " + beside + " (expected: near " + alone + ")");
  }

  private double runsPerSecond(boolean hung) throws Exception {
    int seconds = 6;
    Path log = Files.createTempFile(folder, "runs", "");
    String hangs =
        "case $EVENKEEL_PORT in 89) (trap '' TERM; sleep 1000) & trap '' TERM; sleep 1000;; esac; ";
    CheckSpec spec =
        CheckSpec.of(shell(hangs + "echo $EVENKEEL_PORT >>" + log))
            .every(Duration.ofMillis(50), Duration.ofMillis(50))
            .timeout(Duration.ofMillis(1000));
    VirtualService.Builder service =
        VirtualService.tcp("127.0.0.1:80")
            .realServer("127.0.0.1:81")
            .realServer("127.0.0.1:82")
            .realServer("127.0.0.1:83")
            .check(spec);
    if (hung) {
      service.realServer("127.0.0.1:89");
    }
    try (Director director = Director.builder().service(service.build()).build().start()) {
      TimeUnit.SECONDS.sleep(seconds);
      if (hung) {
        assertTrue(
            director.status().stream()
                .anyMatch(status -> status.toString().contains("not done within 1000 ms")),
            director.status().toString());
      }
    }
    return (double) Files.readAllLines(log).size() / seconds;
  }

  private ScriptCheck shell(String script) {
    Command command =
        Command.of("sh", "-c", script)
            .timeout(Duration.ofDays(1))
            .withEnvironment(Map.of(Processes.VARIABLE, processes.id()));
    return new ScriptCheck(command, ScriptCheck.Weights.NONE);
  }

  private static CheckResult check(ScriptCheck check) throws Exception {
    return check(check, PATIENT, null);
  }

  private static CheckResult check(
      ScriptCheck check, Duration timeout, @Nullable InetSocketAddress bind) throws Exception {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 81);
    return check
        .check(
            new CheckTarget(
                Endpoint.parse("127.0.0.1:81"), address, bind, timeout, timeout, LOOPS.next()))
        .toCompletableFuture()
        .get(PATIENT.toSeconds() / 2, TimeUnit.SECONDS);
  }
}

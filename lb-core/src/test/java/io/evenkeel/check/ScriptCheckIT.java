package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.Collections;
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
    LOOPS.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
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
    // Time to set the trap.
    CheckResult result = check(shell("trap '' TERM; sleep 1000"), Duration.ofSeconds(3), null);
    List<String> left = processes.left();

    assertEquals(CheckResult.fail("not done within 3000 ms"), result);
    // The grace has not passed.
    assertFalse(left.isEmpty());
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
    Path log = Files.createTempFile(folder, "runs", "");
    String hangs =
        "case $EVENKEEL_PORT in 89) (trap '' TERM; sleep 1000) & trap '' TERM; sleep 1000;; esac";
    CheckSpec spec =
        CheckSpec.of(shell("echo $EVENKEEL_PORT >>" + log + "; " + hangs))
            .every(Duration.ofMillis(50), Duration.ofMillis(50))
            .timeout(Duration.ofSeconds(3))
            .counts(1, 1);
    VirtualService service =
        VirtualService.tcp("127.0.0.1:80")
            .realServer("127.0.0.1:81")
            .realServer("127.0.0.1:82")
            .realServer("127.0.0.1:83")
            .realServer("127.0.0.1:89")
            .check(spec)
            .build();
    try (Director director = Director.builder().service(service).build().start()) {
      List<String> runs =
          Processes.await(
              () -> Files.readAllLines(log), lines -> Collections.frequency(lines, "89") >= 3);
      assertTrue(
          director.status().stream()
              .anyMatch(status -> status.toString().contains("not done within 3000 ms")),
          director.status().toString());
      long hung = Collections.frequency(runs, "89");
      assertTrue(hung >= 3, runs.toString());
      for (String port : List.of("81", "82", "83")) {
        long others = Collections.frequency(runs, port);
        assertTrue(others >= 3 * hung, port + ": " + others + " runs beside " + hung);
      }
    }
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

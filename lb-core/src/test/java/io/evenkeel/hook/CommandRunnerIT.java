package io.evenkeel.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.hook.CommandResult.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that are really run: each way to end, and what is left of them. */
@Tag("smoke")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CommandRunnerIT {
  /** Long: nothing waits for it. */
  private static final Duration PATIENT = Duration.ofSeconds(60);

  /** As long as the first command of a script may take to run; tests wait for it. */
  private static final Duration STARTED = Duration.ofSeconds(3);

  private static final CommandRunner RUNNER = CommandRunner.atOnce("test", 100);

  private static final CommandRunner WITHOUT_SETSID =
      CommandRunner.atOnce("plain", 100, Optional.empty());

  private final Processes processes = new Processes();

  @TempDir Path folder;

  @AfterEach
  void nothingIsLeft() throws Exception {
    try (processes) {
      assertEquals(List.of(), processes.awaitNone());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 126, 127, 129, 137, 255})
  void run_exitStatus_isTheResult(int status) {
    CommandResult result = run(shell("echo said; exit " + status));

    assertEquals(Outcome.EXITED, result.outcome(), result.toString());
    assertEquals(status, result.code());
    assertEquals("said\n", result.output());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 6, 9, 11, 13, 15, 31})
  void run_killedBySomebody_saysTheSignal(int signal) {
    CommandResult result = run(shell("echo said; kill -" + signal + " $$; sleep 1000"));

    assertEquals(Outcome.SIGNALLED, result.outcome(), result.toString());
    assertEquals(signal, result.code());
    assertEquals("said\n", result.output());
  }

  @Test
  void run_killedWithACore_saysTheSignal() {
    assertEquals("signal 11", run(shell("ulimit -c unlimited; kill -11 $$")).toString());
  }

  @Test
  void run_otherPath_isWhereTheProgramIsSought() throws Exception {
    script("#!/bin/sh\necho here\n");
    Map<String, String> path = Map.of("PATH", folder.toString());

    assertEquals("here\n", run(command("script").withEnvironment(path)).output());
    assertNotStarted(
        "printf: not found or not executable", command("printf").withEnvironment(path));
  }

  @Test
  void run_arguments_arePassedAsTheyAre() {
    CommandResult result =
        run(command("printf", "[%s]", "a b", "", "$HOME", "*", "'\"\\", "ü").timeout(PATIENT));

    assertEquals("[a b][][$HOME][*]['\"\\][ü]", result.output());
  }

  @Test
  void run_environmentAndDirectory_areApplied() {
    CommandResult result =
        run(
            shell("echo $WHO; pwd; echo ${PATH:+path}")
                .withEnvironment(Map.of("WHO", "a b"))
                .in(folder));

    assertEquals("a b\n" + folder + "\npath\n", result.output());
  }

  @Test
  void run_standardInput_isEmpty() {
    assertEquals("", run(command("cat").timeout(PATIENT)).output());
  }

  @Test
  void run_bothOutputs_areKeptInOrder() {
    assertEquals("a\nb\nc\n", run(shell("echo a; echo b >&2; echo c")).output());
  }

  @Test
  void run_megabytesOfOutput_keepsTheBeginning() {
    CommandResult result =
        run(shell("head -c 20000000 /dev/zero | tr '\\0' x; exit 3").maxOutputBytes(10));

    assertEquals(3, result.code());
    assertEquals("xxxxxxxxxx", result.output());
  }

  @Test
  void run_outputClosedEarly_waitsForTheEnd() {
    CommandResult result = run(shell("exec >&- 2>&-; sleep 0.3; exit 4"));

    assertEquals(4, result.code());
    assertTrue(result.duration().toMillis() >= 300, result.duration().toString());
  }

  @Test
  void run_notFound_isNotStarted() {
    assertNotStarted("/no/such: not found or not executable", command("/no/such"));
    assertNotStarted("nosuch-a1b2: not found or not executable", command("nosuch-a1b2"));
    assertNotStarted("/tmp: not found or not executable", command("/tmp"));
    assertNotStarted(
        "directory: /no/such (expected: a directory)", command("true").in(Path.of("/no/such")));
  }

  @Test
  void run_noInterpreter_isNotStarted() throws Exception {
    Path script = script("#!/no/such/interpreter\n");
    CommandResult result = run(command(script.toString()).timeout(PATIENT));

    assertEquals(Outcome.NOT_STARTED, result.outcome(), result.toString());
    assertTrue(result.output().contains(script.toString()), result.output());
  }

  @Test
  void run_noOutputWanted_isNotStartedAllTheSame() throws Exception {
    Path script = script("#!/no/such/interpreter\n");
    Command command = command(script.toString()).timeout(PATIENT).maxOutputBytes(0);

    assertEquals(Outcome.NOT_STARTED, run(command).outcome());
    assertEquals("", run(shell("echo said").maxOutputBytes(0)).output());
  }

  @Test
  void run_relativePath_isSoughtInTheDirectory() throws Exception {
    Path script = script("#!/bin/sh\necho here\n");

    assertEquals("here\n", run(command("./" + script.getFileName()).in(folder)).output());
  }

  @Test
  void run_otherUser_isThatUserWithItsGroups() {
    assumeTrue(System.getProperty("user.name").equals("root"), "not root");
    CommandResult result = run(shell("id -un; id -gn; id -Gn; exit 137").as("nobody"));

    assertEquals("nobody\nnogroup\nnogroup\n", result.output());
    assertEquals(137, result.code());
  }

  @Test
  void run_noSuchUser_isNotStarted() {
    CommandResult result = run(shell("id").as("nosuchuser"));

    assertEquals(Outcome.NOT_STARTED, result.outcome(), result.toString());
  }

  @Test
  void run_otherUserMayNot_isNotStarted() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "not root");
    Path script = script("#!/bin/sh\n");
    script.toFile().setExecutable(true, true);
    CommandResult result = run(command(script.toString()).as("nobody").timeout(PATIENT));

    assertEquals(Outcome.NOT_STARTED, result.outcome(), result.toString());
  }

  @Test
  void run_timeout_endsItWithTerm() {
    CommandResult result =
        run(shell("trap 'echo bye; exit 0' TERM; echo on; sleep 1000 & wait").timeout(STARTED));

    assertEquals(Outcome.TIMED_OUT, result.outcome());
    assertEquals("on\nbye\n", result.output());
    assertTrue(result.duration().compareTo(STARTED) >= 0, result.duration().toString());
  }

  @Test
  void run_timeoutTermIgnored_endsAllOfItWithKill() {
    String grandchild = "trap '' TERM; sleep 1000";
    CommandResult result =
        run(
            shell("trap '' TERM; echo on; (" + grandchild + ") & (" + grandchild + ") & sleep 1000")
                .timeout(STARTED));

    assertEquals(Outcome.TIMED_OUT, result.outcome());
    assertEquals("on\n", result.output());
    // And the grace.
    assertTrue(
        result.duration().compareTo(STARTED.plusSeconds(2)) >= 0, result.duration().toString());
  }

  @Test
  void run_timeoutWithoutSetsid_endsAllThatItStarted() throws Exception {
    CommandResult result =
        WITHOUT_SETSID
            .run(
                shell("(trap '' TERM; while :; do sleep 0.1; done) & sleep 1000 & echo on; wait")
                    .timeout(STARTED))
            .join();

    assertEquals(Outcome.TIMED_OUT, result.outcome());
    assertEquals("on\n", result.output());
    assertEquals(List.of(), processes.awaitNone());
  }

  @Test
  void run_withoutSetsid_saysTheExitStatus() {
    assertEquals("exit 3", WITHOUT_SETSID.run(shell("exit 3")).join().toString());
    assertEquals(
        "not started: user: nobody (expected: setsid of util-linux)",
        WITHOUT_SETSID.run(shell("true").as("nobody")).join().toString());
  }

  @Test
  void run_stopped_isEndedAtTheTimeout() {
    assertEquals(
        Outcome.TIMED_OUT, run(shell("kill -STOP $$").timeout(Duration.ofMillis(300))).outcome());
  }

  @Test
  void run_writesWithoutEnd_isEndedAtTheTimeout() {
    CommandResult result = run(command("yes").timeout(STARTED).maxOutputBytes(4));

    assertEquals(Outcome.TIMED_OUT, result.outcome());
    assertEquals("y\ny\n", result.output());
  }

  @Test
  void run_leavesChildrenBehind_isNotDelayedAndEndsThem() throws Exception {
    CommandResult result = run(shell("sleep 1000 & yes & (trap '' TERM; sleep 1000) & exit 5"));

    assertEquals(Outcome.EXITED, result.outcome());
    assertEquals(5, result.code());
    assertTrue(result.duration().toMillis() < 30_000, result.duration().toString());
    assertEquals(List.of(), processes.awaitNone());
  }

  @Test
  void run_cancelled_isEnded() throws Exception {
    CompletableFuture<CommandResult> result = RUNNER.run(shell("sleep 1000"));
    assertFalse(Processes.await(processes::left, left -> !left.isEmpty()).isEmpty());

    result.cancel(true);

    assertEquals(List.of(), processes.awaitNone());
  }

  /** Wherever its start has got to. */
  @Test
  void run_cancelledAtOnce_leavesNothing() throws Exception {
    for (int i = 0; i < 10; i++) {
      List<CompletableFuture<CommandResult>> results = new ArrayList<>();
      for (int each = 0; each < 20; each++) {
        results.add(RUNNER.run(shell("sleep 1000; sleep 1000")));
      }
      TimeUnit.MILLISECONDS.sleep(4L * i);
      results.forEach(result -> result.cancel(true));
    }

    TimeUnit.MILLISECONDS.sleep(500);
    assertEquals(List.of(), processes.awaitNone());
  }

  @Test
  void run_pastTheLimit_isNotStartedAndThereIsRoomAfterwards() throws Exception {
    CommandRunner narrow = CommandRunner.atOnce("narrow", 2);
    CompletableFuture<CommandResult> first = narrow.run(shell("sleep 1000"));
    CompletableFuture<CommandResult> second = narrow.run(shell("sleep 1000"));
    CommandResult third = narrow.run(shell("true")).join();

    assertEquals("not started: 2 commands are running (expected: fewer)", third.toString());
    first.cancel(true);
    second.cancel(true);
    assertEquals(
        Outcome.EXITED,
        Processes.await(() -> narrow.run(shell("true")).join(), r -> r.outcome() == Outcome.EXITED)
            .outcome());
  }

  @Test
  void inOrder_slowThenFast_startsWhenTheOneBeforeHasEnded() throws Exception {
    CommandRunner inOrder = CommandRunner.inOrder("ordered");
    Path log = folder.resolve("log");
    List<CompletableFuture<CommandResult>> results =
        List.of(
            inOrder.run(shell("trap '' TERM; echo a >>log; sleep 1000").timeout(STARTED)),
            inOrder.run(shell("sleep 0.3; echo b >>log")),
            inOrder.run(shell("echo c >>log")));
    results.forEach(CompletableFuture::join);

    assertEquals(List.of("a", "b", "c"), Files.readAllLines(log));
  }

  @Test
  void inOrder_queueFull_saysHowManyWait() {
    CommandRunner full = CommandRunner.inOrder("full");
    List<CompletableFuture<CommandResult>> results = new ArrayList<>();
    results.add(full.run(shell("sleep 1000")));
    Command next = shell("true");
    for (int i = 0; i < 100_000; i++) {
      results.add(full.run(next));
    }
    CommandResult refused = full.run(next).join();
    results.forEach(result -> result.cancel(true));

    assertEquals("not started: 100000 commands are waiting (expected: fewer)", refused.toString());
  }

  @Test
  void atOnce_oneAfterTheOther_usesTheThreadAgain() {
    CommandRunner wide = CommandRunner.atOnce("wide", 100);
    for (int i = 0; i < 50; i++) {
      assertTrue(wide.run(shell("true")).join().isSuccess());
    }
    long threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("wide-"))
            .count();

    // Some may be clearing up behind their commands still.
    assertTrue(threads >= 1 && threads <= 10, threads + " threads");
  }

  @Test
  void threads_idle_end() throws Exception {
    CommandRunner idle = CommandRunner.atOnce("idle-runner", 10);
    assertEquals(0, idle.run(shell("true")).join().code());

    assertEquals(
        List.of(),
        Processes.await(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("idle-runner"))
                    .toList(),
            List::isEmpty));
  }

  @Test
  void new_processNumberOne_warnsOnceOfZombies() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "not root");
    Path out = folder.resolve("out");
    Process init =
        new ProcessBuilder(
                "unshare",
                "--fork",
                "--pid",
                "--mount-proc",
                "--kill-child",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                TwoRunners.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertTrue(init.waitFor(60, TimeUnit.SECONDS));
    } finally {
      init.destroyForcibly();
    }
    String said = Files.readString(out);

    assertEquals(0, init.exitValue(), said);
    assertEquals(2, said.split("this process is number 1", -1).length, said);
  }

  /** What runs as process 1. */
  static final class TwoRunners {
    private TwoRunners() {}

    public static void main(String[] none) {
      for (int i = 0; i < 2; i++) {
        if (!CommandRunner.atOnce("one", 1).run(Command.of("true")).join().isSuccess()) {
          System.exit(1);
        }
      }
    }
  }

  private Path script(String text) throws Exception {
    Path script = folder.resolve("script");
    Files.writeString(script, text);
    assertTrue(script.toFile().setExecutable(true, false));
    return script;
  }

  private static void assertNotStarted(String cause, Command command) {
    assertEquals("not started: " + cause, run(command).toString());
  }

  private static CommandResult run(Command command) {
    return RUNNER.run(command).join();
  }

  private Command shell(String script) {
    return command("sh", "-c", script).in(folder).timeout(PATIENT);
  }

  private Command command(String... arguments) {
    return Command.of(arguments).withEnvironment(Map.of(Processes.VARIABLE, processes.id()));
  }
}

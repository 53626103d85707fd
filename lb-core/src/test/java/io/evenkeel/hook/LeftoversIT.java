package io.evenkeel.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Some hundred commands of every kind at once: nothing of them is left. */
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LeftoversIT {
  private static final int ROUNDS = 24;

  private static final List<String> SCRIPTS =
      List.of(
          "true",
          "exit 3",
          "kill -9 $$",
          "kill -SEGV $$",
          "head -c 3000000 /dev/zero",
          "exec >&- 2>&-; sleep 0.2",
          "sleep 1000 & (sleep 1000 & sleep 1000) & exit 0");

  private static final List<String> ENDLESS =
      List.of("(trap '' TERM; sleep 1000) & trap '' TERM; sleep 1000", "kill -STOP $$", "yes");

  @Test
  void run_hundredsOfEveryKind_leaveNothing() throws Exception {
    CommandRunner runner = CommandRunner.atOnce("leftovers", 60);
    try (Processes processes = new Processes()) {
      // What the first ones load stays.
      runAll(runner, processes, 1);
      assertEquals(List.of(), processes.awaitNone());
      int descriptors = Processes.descriptors();

      Map<String, Long> outcomes = runAll(runner, processes, ROUNDS);

      assertEquals(List.of(), processes.awaitNone());
      int left = Processes.await(Processes::descriptors, now -> now <= descriptors);
      assertTrue(left <= descriptors, left + " descriptors, not " + descriptors);
      assertEquals(List.of(), Processes.await(LeftoversIT::threads, List::isEmpty));
      assertEquals(
          Map.of(
              "EXITED 0",
              4L * ROUNDS,
              "EXITED 3",
              (long) ROUNDS,
              "SIGNALLED 9",
              (long) ROUNDS,
              "SIGNALLED 11",
              (long) ROUNDS,
              "TIMED_OUT 0",
              3L * ROUNDS,
              "NOT_STARTED 0",
              2L * ROUNDS),
          outcomes);
    }
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("leftovers"))
        .toList();
  }

  private static Map<String, Long> runAll(CommandRunner runner, Processes processes, int rounds) {
    List<CommandResult> results = new ArrayList<>();
    for (int round = 0; round < rounds; round += 4) {
      List<CompletableFuture<CommandResult>> running = new ArrayList<>();
      for (int i = round; i < Math.min(round + 4, rounds); i++) {
        running.add(runner.run(Command.of("/no/such")));
        running.add(runner.run(Command.of("true").in(Path.of("/no/such"))));
        for (String script : SCRIPTS) {
          running.add(runner.run(command(script, Duration.ofSeconds(60), processes)));
        }
        for (String script : ENDLESS) {
          running.add(runner.run(command(script, Duration.ofSeconds(3), processes)));
        }
      }
      running.forEach(result -> results.add(result.join()));
    }
    return results.stream()
        .map(result -> result.outcome() + " " + result.code())
        .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
  }

  private static Command command(String script, Duration timeout, Processes processes) {
    return Command.of("sh", "-c", script)
        .timeout(timeout)
        .withEnvironment(Map.of(Processes.VARIABLE, processes.id()));
  }
}

package io.evenkeel.vrrp.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.Director;
import io.evenkeel.check.PushCheck;
import io.evenkeel.hook.Command;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real scripts, files, processes and a real director. */
@Tag("smoke")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TrackersIT {
  private static final Duration OFTEN = Duration.ofMillis(20);

  /** Looks at all processes, one after the other without a pause, would be late themselves. */
  private static final Duration SELDOM = Duration.ofMillis(200);

  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Process> started = new ArrayList<>();
  private final Heard heard = new Heard();

  @TempDir Path folder;

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
  }

  private void watch(Tracker tracker, Heard by) {
    open.add(tracker.watch(by));
  }

  @Test
  void script_exitStatus_risesAndFalls() throws Exception {
    Path file = folder.resolve("there");
    Path log = folder.resolve("log");
    Tracked script =
        Trackers.script(
            "chk",
            Command.of(
                "sh",
                "-c",
                "echo x >> " + log + "; test -e " + file + " || { echo gone; exit 3; }"),
            ScriptRule.every(OFTEN).rise(3).fall(2));
    watch(script.weighted(Weighting.of(-20)), heard);
    assertEquals("script chk: exit 3: gone (3 needed)", heard.next("-20"));

    // Later, some of the runs that count may be over.
    long before = Files.readAllLines(log).size();
    Files.createFile(file);
    assertEquals("script chk: exit 0 (3 needed)", heard.next("0"));
    // The one that went on meanwhile may count.
    assertTrue(Files.readAllLines(log).size() >= before + 2);

    Files.delete(file);
    assertEquals("script chk: exit 3: gone (2 needed)", heard.next("-20"));
  }

  @Test
  void script_firstSuccess_isEnoughUnlessItStartsDown() throws Exception {
    Path log = folder.resolve("log");
    Command command = Command.of("sh", "-c", "echo x >> " + log);
    ScriptRule rule = ScriptRule.every(Duration.ofDays(1)).rise(2);
    Tracked once = Trackers.script("once", command, rule);
    assertTrue(once.initial().isFault());
    watch(once, heard);
    heard.next("0");
    assertEquals(1, Files.readAllLines(log).size());

    Heard other = new Heard();
    watch(Trackers.script("down", command, rule.startingDown()), other);
    other.next("fault");
    assertEquals(2, Files.readAllLines(log).size());
  }

  @Test
  void script_hangs_isNotJoinedByAnotherRunAndDelaysNothing() throws Exception {
    Path log = folder.resolve("log");
    Path pid = folder.resolve("pid");
    watch(
        Trackers.script(
            "hangs",
            Command.of("sh", "-c", "echo x >> " + log + "; echo $$ > " + pid + "; exec sleep 1000")
                .timeout(Duration.ofSeconds(6)),
            ScriptRule.every(OFTEN)),
        heard);
    await("the hanging script", () -> Files.exists(pid) && sizeOf(pid) > 1);
    AtomicInteger turns = new AtomicInteger();
    Heard other = new Heard();
    watch(Trackers.condition("other", OFTEN, () -> turns.incrementAndGet() % 2 == 0), other);
    for (int i = 0; i < 5; i++) {
      other.next("fault");
      other.next("0");
    }
    assertEquals(1, Files.readAllLines(log).size());
    ProcessHandle hanging =
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();

    assertTrue(heard.next("fault").startsWith("script hangs: ended after"));
    await("its end", () -> !hanging.isAlive());
    await("the next run", () -> lines(log) >= 2);
  }

  @Test
  void script_closed_isEnded() throws Exception {
    Path pid = folder.resolve("pid");
    AutoCloseable watching =
        Trackers.script(
                "long",
                Command.of("sh", "-c", "echo $$ > " + pid + "; exec sleep 1000")
                    .timeout(Duration.ofHours(1)),
                ScriptRule.every(OFTEN))
            .watch(heard);
    open.add(watching);
    await("the script", () -> Files.exists(pid) && sizeOf(pid) > 1);
    ProcessHandle running =
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();

    watching.close();

    await("its end", () -> !running.isAlive());
    assertEquals(List.of(), heard.rest());
  }

  @Test
  void script_user_runsAsThis() throws Exception {
    assumeTrue(
        System.getProperty("user.name").equals("root"), "needs root, to become another user");

    watch(
        Trackers.script(
            "user",
            Command.of("sh", "-c", "test $(id -un) = nobody").as("nobody"),
            ScriptRule.every(OFTEN)),
        heard);

    heard.next("0");
  }

  @Test
  void file_contents_countAsInKeepalived() throws Exception {
    Path file = folder.resolve("number");
    Tracked tracked = Trackers.file(file, OFTEN);
    Heard byTwo = new Heard();
    watch(tracked, heard);
    watch(tracked.weighted(Weighting.of(-2)), byTwo);
    assertEquals("file " + file + ": no such file", heard.next("0"));
    byTwo.next("0");

    write(file, "7\n");
    assertEquals("file " + file + ": 7", heard.next("fault"));
    byTwo.next("-14");
    write(file, "127");
    byTwo.next("fault");
    write(file, "garbage");
    heard.next("0");
    byTwo.next("0");
    write(file, "-3 and more");
    heard.next("fault");
    byTwo.next("6");
    Files.delete(file);
    heard.next("0");
    byTwo.next("0");
  }

  /** Readers see the old or the new contents. */
  private void write(Path file, String text) throws Exception {
    Path next = folder.resolve("next");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void process_startedAndEnded_isCounted() throws Exception {
    // The kernel keeps 15 bytes of it.
    String name = "ekp" + ProcessHandle.current().pid() + "-long-enough";
    Path program = folder.resolve(name);
    Files.copy(Path.of("/bin/sleep"), program, StandardCopyOption.COPY_ATTRIBUTES);
    Heard few = new Heard();
    Heard exact = new Heard();
    watch(Trackers.process(ProcessMatch.named(name), ProcessRule.every(SELDOM)), heard);
    watch(Trackers.process(ProcessMatch.named(name), ProcessRule.every(SELDOM).quorum(0, 1)), few);
    watch(
        Trackers.process(
            ProcessMatch.commandLine(program.toString(), "1000"), ProcessRule.every(SELDOM)),
        exact);
    assertEquals("process " + name + ": 0 (expected: 1 or more)", heard.next("fault"));
    few.next("0");
    exact.next("fault");

    Process first = start(program, "2000");
    heard.next("0");
    Process second = start(program, "1000");
    assertEquals("process " + name + ": 2 (expected: 0..1)", few.next("fault"));
    exact.next("0");
    second.destroy();
    few.next("0");
    exact.next("fault");
    first.destroy();
    heard.next("fault");
    assertEquals(List.of(), exact.rest());
  }

  @Test
  void process_restarted_isUpAllTheTimeWithADelay() throws Exception {
    String name = "ekr" + ProcessHandle.current().pid();
    Path program = folder.resolve(name);
    Files.copy(Path.of("/bin/sleep"), program, StandardCopyOption.COPY_ATTRIBUTES);
    Process first = start(program, "1000");
    Heard plain = new Heard();
    watch(Trackers.process(ProcessMatch.named(name), ProcessRule.every(SELDOM)), plain);
    watch(
        Trackers.process(
            ProcessMatch.named(name),
            ProcessRule.every(SELDOM).delays(Duration.ZERO, Duration.ofHours(1))),
        heard);
    heard.next("0");
    plain.next("0");

    first.destroy();
    plain.next("fault");
    start(program, "1000");
    plain.next("0");

    assertEquals(List.of(), heard.rest());
  }

  private Process start(Path program, String argument) throws Exception {
    Process process = new ProcessBuilder(program.toString(), argument).start();
    started.add(process);
    return process;
  }

  @Test
  void service_serversGoAndCome_isUpWithItsQuorum() throws Exception {
    PushCheck check = PushCheck.named("pushed");
    ServiceKey service = ServiceKey.tcp("127.0.0.1:80");
    Director director =
        Director.builder()
            .service(
                VirtualService.builder(service)
                    .scheduler("rr")
                    .realServer("127.0.0.1:81")
                    .check(check)
                    .build())
            .build();
    open.add(director);
    watch(Trackers.service(director, service, OFTEN), heard);
    // Not started.
    heard.next("fault");

    director.start();
    check.up("for the test");
    heard.next("0");
    check.down("for the test");
    heard.next("fault");
    check.up("for the test");
    heard.next("0");
    director.close();
    heard.next("fault");
  }

  @Test
  void condition_hangs_isDownUntilItAnswers() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    watch(
        Trackers.condition(
            "held",
            OFTEN,
            () -> {
              if (calls.incrementAndGet() == 2) {
                awaitQuietly(held);
              }
              return true;
            }),
        heard);
    heard.next("0");
    assertEquals("held: no answer yet", heard.next("fault"));
    held.countDown();
    heard.next("0");
  }

  @Test
  void condition_throws_isDown() throws Exception {
    watch(
        Trackers.condition(
            "broken",
            OFTEN,
            () -> {
              throw new IllegalStateException("of the test");
            }),
        heard);

    assertEquals("broken: java.lang.IllegalStateException: of the test", heard.next("fault"));
  }

  @Test
  void threads_nothingWatched_areGone() throws Exception {
    AutoCloseable watching = Trackers.condition("any", OFTEN, () -> true).watch(heard);
    heard.next("0");
    assertTrue(hasThreads());

    watching.close();

    await("the end of the threads", () -> !hasThreads());
  }

  private static boolean hasThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith("evenkeel-track"));
  }

  private static long sizeOf(Path file) {
    return file.toFile().length();
  }

  private static long lines(Path file) {
    try {
      return Files.readAllLines(file).size();
    } catch (IOException e) {
      return 0;
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertFalse(System.nanoTime() - end > 0, "not seen: " + what);
      Thread.sleep(10);
    }
  }
}

package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.DynamicWeight;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileCheckTest {
  private static final FileCheck CHECK = FileCheck.of(Path.of("/run/fit"));

  @TempDir Path directory;

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final FileReads reads = new FileReads(tasks::add);
  private final CheckClock clock = new CheckClock();

  @AfterEach
  void end() {
    assertFalse(clock.hasTimers());
    clock.close();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 3, 0 times 3, 0",
    "' -2\n', 3, -2 times 3, -6",
    "+7, -1, 7 times -1, -7",
    "21845, 3, 21845 times 3, 65535",
    "21846, 3, '21846 times 3, taken as 65535', 65535",
    "-2147483648, 65535, '-2147483648 times 65535, taken as -65535', -65535",
  })
  void judge_numberAndFactor_isAnOffset(String content, int factor, String reason, int offset) {
    assertEquals(
        CheckResult.pass(reason).with(new DynamicWeight(DynamicWeight.Kind.OFFSET, offset)),
        judge(CHECK.times(factor), content));
  }

  @Test
  void judge_noFactor_isFitWithZeroAlone() {
    assertEquals(CheckResult.pass("0"), judge(CHECK, "0\n"));
    assertEquals(CheckResult.fail("1 (expected: 0)"), judge(CHECK, "1"));
    assertEquals(CheckResult.fail("-1 (expected: 0)"), judge(CHECK, "-1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "up", "1 2", "0x1", "1.0", "2147483648"})
  void judge_noNumber_fails(String content) {
    assertEquals(CheckResult.fail(content + " (expected: a whole number)"), judge(CHECK, content));
  }

  @Test
  void judge_failure_isInWords() {
    assertEquals(
        CheckResult.fail("no such file"), CHECK.judge(null, new NoSuchFileException("/run/fit")));
    assertEquals(
        CheckResult.fail("java.io.IOException: Is a directory"),
        CHECK.judge(null, new java.io.IOException("Is a directory")));
  }

  @Test
  void check_taskRun_readsTheFile() throws Exception {
    Path file = Files.writeString(directory.resolve("weight"), "5\n");
    CompletableFuture<CheckResult> result = run(FileCheck.of(file).times(2));

    assertFalse(result.isDone());
    tasks.remove().run();

    assertEquals("5 times 2", result.join().reason());
  }

  @Test
  void check_noThread_findsNothingAtTheTimeout() {
    CompletableFuture<CheckResult> result = run(CHECK);

    clock.advance(Duration.ofNanos(999_999_999));
    assertFalse(result.isDone());
    clock.advance(Duration.ofNanos(1));
    assertEquals(
        CheckResult.none("no thread to read it, because other files hang"), result.getNow(null));
  }

  @Test
  void read_goingOn_isNotStartedAgain() throws Exception {
    Path file = Files.writeString(directory.resolve("weight"), "5");
    CompletableFuture<byte[]> first = new CompletableFuture<>();
    CompletableFuture<byte[]> second = new CompletableFuture<>();

    FileReads.Read read = reads.read(file, first);
    assertSame(read, reads.read(file, second));
    assertEquals(1, tasks.size());
    assertFalse(read.hasBegun());
    tasks.remove().run();

    assertTrue(read.hasBegun());
    assertArrayEquals(new byte[] {'5'}, first.join());
    assertArrayEquals(new byte[] {'5'}, second.join());
    assertNotEquals(read, reads.read(file, new CompletableFuture<>()));
  }

  @Test
  void read_waitersGaveUp_areForgotten() {
    CompletableFuture<byte[]> last = new CompletableFuture<>();
    FileReads.Read read = reads.read(CHECK.file(), last);
    for (int i = 0; i < 100; i++) {
      CompletableFuture<byte[]> waiter = new CompletableFuture<>();
      reads.read(CHECK.file(), waiter);
      assertEquals(2, read.waiting());
      waiter.cancel(false);
    }
    assertEquals(1, read.waiting());
  }

  @Test
  void read_endless_isCutAndFails() throws Exception {
    CompletableFuture<CheckResult> result = run(FileCheck.of(Path.of("/dev/zero")));
    tasks.remove().run();
    assertEquals(
        CheckResult.fail("more than 64 bytes (expected: a whole number)"), result.getNow(null));
  }

  /** What follows a number that fills the bound would not be seen. */
  @Test
  void read_longerThanTheBound_isNotTakenForItsBeginning() throws Exception {
    Path file = directory.resolve("weight");
    String bound = "0".repeat(63);
    Files.writeString(file, bound + "57");
    CompletableFuture<CheckResult> longer = run(FileCheck.of(file).times(1));
    tasks.remove().run();
    assertEquals(
        CheckResult.fail("more than 64 bytes (expected: a whole number)"), longer.getNow(null));

    Files.writeString(file, bound + "5");
    CompletableFuture<CheckResult> whole = run(FileCheck.of(file).times(1));
    tasks.remove().run();
    assertEquals("5 times 1", whole.join().reason());
  }

  @Test
  void check_noThreadToBeHad_findsNothingAndTriesAgain() {
    RejectedExecutionException full = new RejectedExecutionException("full");
    Queue<Runnable> accepted = new ArrayDeque<>();
    FileReads refusing =
        new FileReads(
            task -> {
              if (accepted.isEmpty()) {
                accepted.add(task);
                throw full;
              }
              tasks.add(task);
            });

    CompletableFuture<CheckResult> result = CHECK.run(clock.target(), refusing);

    assertEquals(CheckResult.none(full.toString()), result.getNow(null));
    CompletableFuture<CheckResult> next = CHECK.run(clock.target(), refusing);
    tasks.remove().run();
    assertEquals(CheckResult.fail("no such file"), next.getNow(null));
  }

  @ParameterizedTest
  @ValueSource(ints = {-65536, 65536})
  void times_outOfRange_throws(int factor) {
    assertEquals(
        "factor: " + factor + " (expected: -65535..65535)",
        assertThrows(IllegalArgumentException.class, () -> CHECK.times(factor)).getMessage());
  }

  @Test
  void equals_sameFile_isOneCheck() {
    assertEquals(FileCheck.of(Path.of("/run/fit")), CHECK);
    assertNotEquals(CHECK.times(1), CHECK);
    assertEquals("file:/run/fit", CHECK.toString());
    assertEquals("file:/run/fit times -2", CHECK.times(-2).toString());
  }

  private CompletableFuture<CheckResult> run(FileCheck check) {
    return check.run(clock.target(), reads);
  }

  private static CheckResult judge(FileCheck check, String content) {
    return check.judge(content.getBytes(StandardCharsets.UTF_8), null);
  }
}

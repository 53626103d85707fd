package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.model.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class OwnCheckTest {

  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void run_oneCopyLags_getsNoConnections() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    OwnCheck.run(new PrintStream(out, true, StandardCharsets.UTF_8));

    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertTrue(lines.get(0).contains("127.0.0.1:9002"), lines.get(0));
    assertTrue(lines.get(0).contains("lag: 90 s (expected: 0..30 s) after 1 of 1"), lines.get(0));
    assertEquals(
        List.of("1: 127.0.0.1:9001", "2: 127.0.0.1:9001", "3: 127.0.0.1:9001"),
        lines.subList(1, lines.size()));
  }

  /** The common pool is the whole program's: what blocks there stops others. */
  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void check_manyBlock_haveThreadsOfTheirOwnAndABound() {
    CountDownLatch answer = new CountDownLatch(1);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    OwnCheck.Lag check =
        new OwnCheck.Lag(
            copy -> {
              threads.add(Thread.currentThread());
              try {
                answer.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return 0;
            },
            30);
    CheckTarget target =
        new CheckTarget(
            Endpoint.parse("127.0.0.1:9001"), null, null, Duration.ZERO, Duration.ZERO, null);
    List<CompletableFuture<CheckResult>> results =
        Stream.generate(() -> check.check(target).toCompletableFuture()).limit(9).toList();

    assertEquals(CheckResult.none("too many at the same time"), results.get(8).join());
    answer.countDown();
    assertEquals(CheckResult.pass("0 s"), results.get(0).join());
    assertEquals(CheckResult.pass("0 s"), results.get(7).join());
    assertTrue(
        threads.stream().allMatch(t -> t.isDaemon() && t.getName().startsWith("lag")),
        threads::toString);
  }
}

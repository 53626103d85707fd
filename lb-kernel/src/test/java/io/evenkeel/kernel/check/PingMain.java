package io.evenkeel.kernel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.model.Endpoint;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Pings what it is told to on standard input, and prints what came of it: {@code ADDRESS MILLIS
 * SIZE [BIND]}, {@code available}, or {@code many COUNT}.
 */
public final class PingMain {
  private static final EventLoop LOOP =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()).next();

  private PingMain() {}

  /** Ends with its standard input. */
  public static void main(String[] args) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", -1);
      System.out.println(
          switch (words[0]) {
            case "available" -> PingCheck.isAvailable() + " " + PingCheck.unavailabilityCause();
            case "many" -> many(Integer.parseInt(words[1]));
            default ->
                inWords(
                    ping(
                            words[0],
                            Integer.parseInt(words[1]),
                            Integer.parseInt(words[2]),
                            words.length > 3 ? words[3] : null)
                        .get(60, TimeUnit.SECONDS));
          });
    }
    LOOP.parent().shutdownGracefully(0, 5, TimeUnit.SECONDS);
  }

  private static CompletableFuture<CheckResult> ping(
      String address, int millis, int size, @Nullable String bind) throws Exception {
    Duration timeout = Duration.ofMillis(millis);
    return new PingCheck(size)
        .check(
            new CheckTarget(
                new Endpoint("server", 0),
                new InetSocketAddress(InetAddress.getByName(address), 0),
                bind == null ? null : new InetSocketAddress(InetAddress.getByName(bind), 0),
                timeout,
                timeout,
                LOOP))
        .toCompletableFuture();
  }

  /** At once; verdicts, descriptors more than before, threads that ping. */
  private static String many(int count) throws Exception {
    ping("127.0.0.1", 10_000, 56, null).get(60, TimeUnit.SECONDS);
    int before = descriptors();
    List<CompletableFuture<CheckResult>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String address = i % 4 == 3 ? "::1" : "127.0." + i / 250 + "." + (i % 250 + 1);
      all.add(ping(address, 20_000, 56, null));
    }
    Map<String, Integer> verdicts = new TreeMap<>();
    for (CompletableFuture<CheckResult> one : all) {
      CheckResult result = one.get(60, TimeUnit.SECONDS);
      verdicts.merge(
          result.verdict() + (result.verdict() == CheckResult.Verdict.PASSED ? "" : " " + result),
          1,
          Integer::sum);
    }
    // A socket may be closed a moment after the verdict is told: one before, and one now.
    long start = System.nanoTime();
    while (descriptors() > before && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20)) {
      Thread.sleep(1);
    }
    long threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("evenkeel-ping"))
            .count();
    return verdicts + " " + Math.max(0, descriptors() - before) + " " + threads;
  }

  private static int descriptors() {
    return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
  }

  private static String inWords(CheckResult result) {
    return result.verdict() + " " + result.reason().replaceAll("after [0-9]+ ms", "in time");
  }
}

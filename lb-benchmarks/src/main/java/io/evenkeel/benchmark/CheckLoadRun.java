package io.evenkeel.benchmark;

import com.sun.management.OperatingSystemMXBean;
import io.evenkeel.Director;
import io.evenkeel.check.HttpCheck;
import io.evenkeel.check.TcpCheck;
import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualService;
import io.evenkeel.transport.Transport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One measurement of {@link CheckLoad}, in a process of its own. Prints one line. */
final class CheckLoadRun {
  static final String HEADER =
      "check loops  checks/s  not passed   CPU  heap (MiB)  RSS (MiB)"
          + "   begun in 100 ms     latest (ms)  drift (ms)";

  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration WARM_UP = Duration.ofSeconds(15);
  private static final int SERVERS_OF_A_SERVICE = 1000;
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final String name;
  private final int loops;
  private final int port;
  private final int endpoints;
  private final int seconds;
  private final Transport transport;

  private CheckLoadRun(String[] args) {
    name = args[0];
    loops = Integer.parseInt(args[1]);
    port = Integer.parseInt(args[2]);
    endpoints = Integer.parseInt(args[3]);
    seconds = Integer.parseInt(args[4]);
    transport = Transport.valueOf(args[5]);
  }

  /** Arguments: tcp or http, event loops, port, endpoints, seconds, transport. */
  public static void main(String[] args) throws IOException, InterruptedException {
    new CheckLoadRun(args).measure();
  }

  private void measure() throws IOException, InterruptedException {
    HealthCheck check = name.equals("tcp") ? TcpCheck.create() : HttpCheck.get("/");
    CheckRecorder recorder = new CheckRecorder(endpoints, seconds, INTERVAL);
    try (Director director = director(new Recorded(check, recorder)).start()) {
      TimeUnit.NANOSECONDS.sleep(WARM_UP.toNanos());
      long cpu = SYSTEM.getProcessCpuTime();
      long start = System.nanoTime();
      recorder.start(start);
      TimeUnit.SECONDS.sleep(seconds);
      recorder.stop();
      double wall = System.nanoTime() - start;
      double cores = (SYSTEM.getProcessCpuTime() - cpu) / wall;
      long resident = residentBytes();
      int[] begun = recorder.begunInBuckets();
      System.out.printf(
          "%-5s %5d %9.0f %11d %5.2f %11.0f %10.0f %6d %6d %6d %14.1f %11.1f%n",
          name,
          loops,
          recorder.ended() / wall * 1e9,
          recorder.notPassed(),
          cores,
          heapBytes() / 1048576.0,
          resident / 1048576.0,
          begun[0],
          begun[begun.length / 2],
          begun[begun.length - 1],
          recorder.latestNanos() / 1e6,
          recorder.driftNanos() / 1e6);
      // Else the director's memory could be collected before it is counted.
      director.status();
    }
  }

  private Director director(HealthCheck check) {
    // A machine that is too slow would have all of them down, and the log full of it.
    CheckSpec spec = CheckSpec.of(check).every(INTERVAL, INTERVAL).counts(1, 1000);
    Director.Builder director = Director.builder().transport(transport).threads(loops);
    for (int first = 0; first < endpoints; first += SERVERS_OF_A_SERVICE) {
      VirtualService.Builder service =
          VirtualService.tcp("127.255.0.1:" + (1 + first / SERVERS_OF_A_SERVICE));
      for (int i = first; i < Math.min(endpoints, first + SERVERS_OF_A_SERVICE); i++) {
        service.realServer(RealServer.of(endpoint(i, port)).withChecks(spec));
      }
      director.service(service.build());
    }
    return director.build();
  }

  /** One address each, from 127.1.0.1 on, and the next in another network. */
  static Endpoint endpoint(int index, int port) {
    return new Endpoint(
        "127." + (1 + index % 200) + "." + index / 200 / 200 + "." + (1 + index / 200 % 200), port);
  }

  static int indexOf(byte[] address) {
    return (address[1] & 0xff)
        - 1
        + ((address[3] & 0xff) - 1) * 200
        + (address[2] & 0xff) * 200 * 200;
  }

  private static long residentBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("/proc/self/status: no VmRSS");
  }

  private static long heapBytes() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** A check that is written down. */
  private record Recorded(HealthCheck check, CheckRecorder recorder) implements HealthCheck {
    @Override
    public String name() {
      return check.name();
    }

    private static boolean hasPassed(@Nullable CheckResult result) {
      return result != null && result.verdict() == CheckResult.Verdict.PASSED;
    }

    @Override
    public CompletionStage<CheckResult> check(CheckTarget target) {
      recorder.begun(indexOf(target.address().getAddress().getAddress()), System.nanoTime());
      return check
          .check(target)
          .whenComplete((result, failure) -> recorder.ended(hasPassed(result)));
    }
  }
}

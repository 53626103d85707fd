package io.evenkeel.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.Director;
import io.evenkeel.ServerStatus;
import io.evenkeel.check.HttpCheck;
import io.evenkeel.health.ServerState;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualService;
import io.evenkeel.proxy.NettyWarnings;
import io.evenkeel.proxy.Sockets;
import io.evenkeel.proxy.TcpProxy;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One of three servers, a process of its own, is killed with SIGKILL under load and started again.
 *
 * <p>Only those requests may fail that the dead server had accepted and not answered. Its log says
 * how many its process had taken; its kernel had completed a few more connections that were still
 * in the accept queue, and those are the connects that the proxy counted less what the process
 * took.
 */
class FaultRunIT {
  private static final int REQUESTS = 20_000;
  private static final int CLIENTS = 16;

  @TempDir private Path directory;
  private final List<ServerProcess> servers = new ArrayList<>();

  /** What one run saw; shares are those of the second half, in percent. */
  private record Result(
      String scheduler, long requests, long failed, long inProcess, long inQueue, String shares) {

    @Override
    public String toString() {
      return String.format(
          "%s, %d requests, failed %d <= %d in process + %d in accept queue, shares %s",
          scheduler, requests, failed, inProcess, inQueue, shares);
    }
  }

  @AfterEach
  void killServers() throws InterruptedException, IOException {
    for (ServerProcess server : servers) {
      server.kill();
    }
  }

  @Test
  void kill_underLoad_onlyWhatTheServerHeldFails() throws Exception {
    runs(2);
  }

  @Test
  @Tag("long")
  void kill_underLoadTwentyTimes_onlyWhatTheServerHeldFails() throws Exception {
    runs(20);
  }

  private void runs(int count) throws Exception {
    boolean someInFlight = false;
    NettyWarnings.listen();
    // Other classes' tests may have left some behind.
    NettyWarnings.takeWithLeaks();
    // The first run also opens what the JVM keeps open.
    run("rr");
    long before = openFiles();
    for (int run = 1; run <= count; run++) {
      Result result = run(run % 2 == 1 ? "rr" : "wrr");
      System.out.println("fault run " + run + " of " + count + ": " + result);
      assertTrue(result.failed <= result.inProcess + result.inQueue, result.toString());
      // A client has one connection at a time.
      assertTrue(result.inQueue <= CLIENTS, result.toString());
      assertEquals(List.of(), NettyWarnings.takeWithLeaks());
      someInFlight |= result.inProcess > 0;
    }
    assertTrue(someInFlight, "no run had a request in flight at the kill");
    await("open files back at " + before, () -> openFiles() <= before);
  }

  private Result run(String scheduler) throws Exception {
    int[] weights = scheduler.equals("rr") ? new int[] {1, 1, 1} : new int[] {1, 2, 3};
    startServers(weights.length);
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    ServerProcess victim = servers.get(1);
    int port = Sockets.freePort();
    Director director = director(Sockets.endpoint(port), scheduler, weights, registry);
    Load load = new Load(Sockets.loopback(port), CLIENTS);
    try (director) {
      director.start();
      load.start();
      await("a quarter of the load", () -> load.begun() >= REQUESTS / 4);
      victim.kill();
      // Who was connecting to it at that moment is not in the meters before it is released.
      await("nobody left at the victim", () -> connections(status(director, victim)) == 0);
      long inProcess = victim.unanswered();
      long inQueue = connects(registry, victim) - victim.answered() - inProcess;
      await("half of the load", () -> load.begun() >= REQUESTS / 2);
      await("down", () -> status(director, victim).state() == ServerState.DOWN);
      victim.start();
      await("up again", () -> status(director, victim).state() == ServerState.UP);
      // However long that took, the other half is for the shares.
      load.finish(REQUESTS / 2);
      load.join();
      String shares = assertShares(load.answers(), weights);
      await(
          "no connection left",
          () -> director.status().stream().allMatch(s -> connections(s) == 0));
      return new Result(scheduler, load.begun(), load.failed(), inProcess, inQueue, shares);
    } finally {
      load.finish(0);
      load.join();
      killServers();
    }
  }

  private void startServers(int count) throws IOException {
    servers.clear();
    for (int i = 0; i < count; i++) {
      ServerProcess server =
          new ServerProcess("server-" + i, Sockets.loopback(Sockets.freePort()), directory);
      servers.add(server);
      server.start();
    }
  }

  private Director director(
      String listen, String scheduler, int[] weights, SimpleMeterRegistry registry) {
    VirtualService.Builder service =
        VirtualService.tcp(listen)
            .scheduler(scheduler)
            .check(
                CheckSpec.of(HttpCheck.get("/health"))
                    .every(Duration.ofMillis(200), Duration.ofMillis(100)));
    for (int i = 0; i < weights.length; i++) {
      service.realServer(RealServer.of(servers.get(i).endpoint()).withWeight(weights[i]));
    }
    return Director.builder()
        .service(service.build())
        .dataPlane(TcpProxy.create())
        .meterRegistry(registry)
        .build();
  }

  private static ServerStatus status(Director director, ServerProcess server) {
    return director.status().stream()
        .filter(status -> status.server().toString().equals(server.endpoint()))
        .findFirst()
        .orElseThrow();
  }

  private static int connections(ServerStatus status) {
    return status.active() + status.inactive();
  }

  /** Connections to a server that the proxy saw come about. */
  private static long connects(SimpleMeterRegistry registry, ServerProcess server) {
    FunctionTimer timer =
        registry.get("evenkeel.connect.time").tag("server", server.endpoint()).functionTimer();
    return (long) timer.count();
  }

  /** The shares in words. */
  private String assertShares(Map<String, LongAdder> answers, int[] weights) {
    long total = answers.values().stream().mapToLong(LongAdder::sum).sum();
    int weightSum = Arrays.stream(weights).sum();
    StringJoiner shares = new StringJoiner(" : ");
    for (int i = 0; i < weights.length; i++) {
      LongAdder got = answers.getOrDefault(servers.get(i).name(), new LongAdder());
      double share = 100.0 * got.sum() / total;
      shares.add(String.format("%.1f", share));
      assertEquals(
          100.0 * weights[i] / weightSum,
          share,
          5.0,
          "share of " + servers.get(i).name() + " in " + answers);
    }
    return shares + " %";
  }

  private static long openFiles() {
    String[] files = new File("/proc/self/fd").list();
    return files == null ? 0 : files.length;
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - deadline < 0, "not within 60 s: " + what);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}

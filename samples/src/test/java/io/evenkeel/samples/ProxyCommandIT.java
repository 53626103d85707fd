package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.evenkeel.model.Endpoint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code evenkeel proxy} as a process, in front of real servers. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProxyCommandIT {
  private static final long BOUND_NANOS = TimeUnit.SECONDS.toNanos(60);

  private Endpoint listen;
  private DemoServer a;
  private DemoServer b;

  @BeforeEach
  void start() throws IOException {
    a = DemoServer.start("A", Duration.ofMillis(1));
    b = DemoServer.start("B", Duration.ofMillis(1));
    listen = DemoServer.freeEndpoint();
  }

  @AfterEach
  void stop() {
    a.kill();
    b.kill();
  }

  @Test
  @Tag("smoke")
  void proxy_weightedRoundRobin_balancesByWeightAndEndsOnSigterm() throws Exception {
    try (EvenkeelJar proxy =
        EvenkeelJar.start(
            "proxy",
            "--listen=" + listen,
            // One stripe of callers, and thus one rotation.
            "--threads=1",
            "--scheduler=wrr",
            "--server=" + a.endpoint() + "=3",
            "--server=" + b.endpoint(),
            "--check=http:/health")) {
      proxy.awaitOut(("listening on " + listen)::equals);

      assertEquals(Map.of("A", 30, "B", 10), answers(40));

      proxy.terminate();
      assertEquals(0, proxy.await());
      assertEquals(
          List.of("listening on " + listen, "stopped, 0 connections cut off"), proxy.out());
      assertEquals(List.of(), proxy.err());
    }
  }

  @Test
  void proxy_serverKilled_logsDownAndUpAndFailsNothing() throws Exception {
    try (EvenkeelJar proxy =
        EvenkeelJar.start(
            "proxy",
            "--listen=" + listen,
            "--threads=1",
            "--scheduler=rr",
            "--server=" + a.endpoint(),
            "--server=" + b.endpoint(),
            "--check=tcp",
            "--check-interval=100ms",
            "--rise=1",
            // So long that a connection fails before.
            "--fall=30")) {
      proxy.awaitOut(("listening on " + listen)::equals);
      assertEquals(Map.of("A", 5, "B", 5), answers(10));
      b.kill();
      assertEquals(Map.of("A", 10), answers(10));
      String server = "tcp " + listen + ": server " + b.endpoint();
      proxy.awaitErr(line -> line.contains("WARN  " + server + " suspect: a connection failed"));
      proxy.awaitErr(
          line ->
              line.contains("WARN  " + server + " down: tcp: connection refused after 30 of 30"));
      b.startAgain();
      proxy.awaitErr(line -> line.contains("INFO  " + server + " up: tcp: connected after 1 of 1"));
      assertEquals(Map.of("A", 5, "B", 5), answers(10));
    }
  }

  @Test
  void proxy_allServersGone_sorryServerAnswers() throws Exception {
    a.kill();
    try (EvenkeelJar proxy =
        EvenkeelJar.start(
            "proxy", "--listen=" + listen, "--server=" + a.endpoint(), "--sorry=" + b.endpoint())) {
      proxy.awaitOut(("listening on " + listen)::equals);

      assertEquals(Map.of("B", 5), answers(5));
    }
  }

  @Test
  void proxy_sigtermWithRequestOpen_letsItEndAndTakesNoMore() throws Exception {
    DemoServer slow = DemoServer.start("slow", Duration.ofSeconds(5));
    try (EvenkeelJar proxy =
        EvenkeelJar.start("proxy", "--listen=" + listen, "--server=" + slow.endpoint())) {
      proxy.awaitOut(("listening on " + listen)::equals);
      CompletableFuture<String> answer = CompletableFuture.supplyAsync(this::answer);
      awaitOpen(slow);

      proxy.terminate();
      awaitRefused();
      assertTrue(proxy.isAlive());

      assertEquals("slow", answer.get(30, TimeUnit.SECONDS));
      assertEquals(0, proxy.await());
      assertEquals("stopped, 0 connections cut off", proxy.out().get(1));
    } finally {
      slow.kill();
    }
  }

  @Test
  void proxy_sigtermAndGraceOver_cutsOffAndSaysSo() throws Exception {
    DemoServer slow = DemoServer.start("slow", Duration.ofSeconds(30));
    try (EvenkeelJar proxy =
        EvenkeelJar.start(
            "proxy", "--listen=" + listen, "--server=" + slow.endpoint(), "--grace=300ms")) {
      proxy.awaitOut(("listening on " + listen)::equals);
      CompletableFuture<String> answer = CompletableFuture.supplyAsync(this::answer);
      awaitOpen(slow);

      proxy.terminate();

      assertEquals(0, proxy.await());
      assertEquals("stopped, 1 connection cut off", proxy.out().get(1));
      assertTrue(answer.get(30, TimeUnit.SECONDS).startsWith("failed: "));
    } finally {
      slow.kill();
    }
  }

  @Test
  void proxy_portInUse_saysSoAndFails() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String taken = "127.0.0.1:" + other.getLocalPort();
      try (EvenkeelJar proxy =
          EvenkeelJar.start("proxy", "--listen=" + taken, "--server=" + a.endpoint())) {
        assertEquals(1, proxy.await());
        assertEquals(List.of("port in use: " + taken + " (expected: a free one)"), proxy.err());
        assertEquals(List.of(), proxy.out());
      }
    }
  }

  @Test
  void proxy_wrongInAllThatIsKnownLate_saysEach() throws Exception {
    try (EvenkeelJar proxy =
        EvenkeelJar.start(
            "proxy",
            "--listen=" + listen,
            "--scheduler=fastest",
            "--server=" + a.endpoint(),
            "--server=nobody.invalid:80")) {
      assertEquals(2, proxy.await());
      assertEquals(
          List.of(
              "real server: nobody.invalid:80 cannot be resolved"
                  + " (expected: an address or a known name)"),
          proxy.err().subList(0, 1));
      assertTrue(
          proxy.err().get(1).startsWith("scheduler: fastest (expected: one of "),
          proxy.err().toString());
      assertEquals(2, proxy.err().size());
      assertEquals(List.of(), proxy.out());
    }
  }

  @Test
  void proxy_wrongWeight_saysSoAndNothingElse() throws Exception {
    try (EvenkeelJar proxy =
        EvenkeelJar.start("proxy", "--listen=" + listen, "--server=" + a.endpoint() + "=-1")) {
      assertEquals(2, proxy.await());
      assertEquals(List.of("weight: -1 (expected: 0..65535)"), proxy.err());
      assertEquals(List.of(), proxy.out());
    }
  }

  /** How many of some requests each server answered. */
  private Map<String, Integer> answers(int requests) throws IOException {
    Map<String, Integer> answers = new HashMap<>();
    for (int i = 0; i < requests; i++) {
      try (HttpExchange exchange = HttpExchange.connect(address())) {
        answers.merge(exchange.get("/"), 1, Integer::sum);
      }
    }
    return answers;
  }

  /** With more patience than {@link HttpExchange} has. */
  private String answer() {
    try (Socket socket = new Socket(listen.host(), listen.port())) {
      socket.setSoTimeout((int) TimeUnit.NANOSECONDS.toMillis(BOUND_NANOS));
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      int body = answer.indexOf("\r\n\r\n");
      return body < 0 ? "failed: no answer" : answer.substring(body + 4);
    } catch (IOException e) {
      return "failed: " + e.getMessage();
    }
  }

  private InetSocketAddress address() {
    return new InetSocketAddress(listen.host(), listen.port());
  }

  private void awaitRefused() throws InterruptedException {
    long start = System.nanoTime();
    try {
      while (System.nanoTime() - start < BOUND_NANOS) {
        HttpExchange probe = HttpExchange.connect(address());
        Thread.sleep(20);
        probe.close();
      }
    } catch (IOException e) {
      assertTrue(e instanceof ConnectException, e::toString);
      return;
    }
    fail("not within 60 s: connections are refused");
  }

  private static void awaitOpen(DemoServer server) throws InterruptedException {
    long start = System.nanoTime();
    while (server.open() == 0) {
      assertTrue(System.nanoTime() - start < BOUND_NANOS, "not within 60 s: a connection");
      Thread.sleep(5);
    }
  }
}

package io.evenkeel.check;

import static io.evenkeel.check.CheckLab.IMPATIENT;
import static io.evenkeel.check.CheckLab.PATIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.model.Endpoint;
import io.evenkeel.proxy.NettyWarnings;
import io.evenkeel.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The checks' I/O against real sockets: each way to answer, and to fail to. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CheckIT {
  /** More than the socket buffers of both sides hold, and what may be read. */
  private static final long MAX_KERNEL_BYTES = 32 << 20;

  private static final String OK = "HTTP/1.1 200 OK\r\n\r\n";
  private static final HttpCheck HTTP = HttpCheck.get("/health");

  private static CheckLab lab;

  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  static void startEventLoops() {
    lab = new CheckLab();
  }

  @AfterAll
  static void endEventLoops() {
    lab.close();
  }

  @AfterEach
  void closePeers() throws Exception {
    for (AutoCloseable peer : open) {
      peer.close();
    }
    assertEquals(List.of(), NettyWarnings.take());
  }

  static Stream<Transport> transports() {
    return CheckLab.transports();
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_status200_passesAndWasAskedProperly(Transport transport) throws Exception {
    CompletableFuture<String> request = new CompletableFuture<>();
    Peer peer =
        keep(
            new Peer(
                socket -> {
                  request.complete(Peer.readRequest(socket));
                  socket.getOutputStream().write(OK.getBytes(StandardCharsets.US_ASCII));
                }));
    assertEquals(CheckResult.pass("200"), check(transport, HTTP, peer, PATIENT));
    peer.awaitEnding();
    String head = request.join();
    assertTrue(head.startsWith("GET /health HTTP/1.1\r\n"), head);
    assertTrue(head.contains("\r\nhost: " + peer.endpoint() + "\r\n"), head);
    assertTrue(head.contains("\r\nconnection: close\r\n"), head);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_status503_failsWithTheStatus(Transport transport) throws Exception {
    assertFails(
        "503 (expected: 200..299)",
        transport,
        Peer.answering("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nbusy", false));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_interimAnswers_areNotTheAnswer(Transport transport) throws Exception {
    String interim = "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n";
    Peer fit = keep(Peer.answering(interim + interim + OK, false));
    assertEquals(CheckResult.pass("200"), check(transport, HTTP, fit, PATIENT));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_endWithoutAnswer_saysSo(Transport transport) throws Exception {
    assertFails("connection closed without an answer", transport, Peer.answering("", true));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_endInTheHead_saysThatItIsNotHttp(Transport transport) throws Exception {
    assertFails(
        "an answer that is not HTTP",
        transport,
        Peer.answering("HTTP/1.1 200 OK\r\ncontent-le", true));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_reset_failsWithAReason(Transport transport) throws Exception {
    Peer peer =
        keep(
            new Peer(
                socket -> {
                  Peer.readRequest(socket);
                  socket.setSoLinger(true, 0);
                  socket.close();
                }));
    assertEquals(CheckResult.fail("connection reset"), check(transport, HTTP, peer, PATIENT));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_otherProtocol_saysThatItIsNotHttp(Transport transport) throws Exception {
    assertFails(
        "an answer that is not HTTP",
        transport,
        Peer.answering("SSH-2.0-OpenSSH_9.6\r\n\r\n", false));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_lineWithoutEnd_fails(Transport transport) throws Exception {
    assertFails(
        "a head of more than 65536 bytes", transport, Peer.answering("x".repeat(100_000), false));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_veryLongHeader_fails(Transport transport) throws Exception {
    assertFails(
        "a head of more than 65536 bytes",
        transport,
        Peer.answering(
            "HTTP/1.1 200 OK\r\nx: " + "y".repeat(100_000) + "\r\ncontent-length: 0\r\n\r\n",
            false));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_silence_failsAtTheTimeoutAndCloses(Transport transport) throws Exception {
    Peer peer = keep(Peer.answering("", false));
    assertEquals(
        CheckResult.fail("no answer within 300 ms"), check(transport, HTTP, peer, IMPATIENT));
    peer.awaitEnding();
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_halfAnAnswerThenSilence_failsAtTheTimeoutAndCloses(Transport transport)
      throws Exception {
    Peer peer = keep(Peer.answering("HTTP/1.1 200 OK\r\ncontent-le", false));
    assertEquals(
        CheckResult.fail("no answer within 300 ms"), check(transport, HTTP, peer, IMPATIENT));
    peer.awaitEnding();
  }

  @ParameterizedTest
  @MethodSource("transports")
  void tcp_accepted_passesAndEndsWithAFin(Transport transport) throws Exception {
    Peer peer = keep(new Peer(socket -> {}));
    assertEquals(CheckResult.pass("connected"), check(transport, TcpCheck.create(), peer, PATIENT));
    assertEquals("end", peer.awaitEnding());
  }

  /** Closed with the banner unread, the connection would be reset. */
  @ParameterizedTest
  @MethodSource("transports")
  void tcp_bannerThatNobodyReads_endsWithAFin(Transport transport) throws Exception {
    Peer peer = keep(new Peer(socket -> Peer.say(socket, "220 mail.example\r\n".repeat(100))));
    for (int i = 0; i < 20; i++) {
      assertEquals(
          CheckResult.pass("connected"), check(transport, TcpCheck.create(), peer, PATIENT));
      assertEquals("end", peer.awaitEnding());
    }
  }

  /** The server's end is not waited for, but its bytes are. */
  @ParameterizedTest
  @MethodSource("transports")
  void tcp_bannerAfterTheEnd_isTakenAsWell(Transport transport) throws Exception {
    Peer peer =
        keep(
            new Peer(
                socket -> {
                  assertEquals(-1, socket.getInputStream().read());
                  Peer.say(socket, "late");
                  Peer.say(socket, "r");
                }));
    CheckLab.Run run = lab.run(transport, TcpCheck.create(), peer.address(), PATIENT);
    run.assertPassed("connected");
    assertEquals("end", peer.awaitEnding());
  }

  @ParameterizedTest
  @MethodSource("transports")
  void tcp_endlessBanner_isCutOff(Transport transport) throws Exception {
    Misbehaviour.Endless endless = new Misbehaviour.Endless("220 ", "x");
    Peer peer = keep(new Peer(endless));
    check(transport, TcpCheck.create(), peer, PATIENT);
    assertEquals("reset", peer.awaitEnding());
    assertTrue(endless.sentBytes() < MAX_KERNEL_BYTES, () -> endless.sentBytes() + " bytes sent");
  }

  /** Nobody is left behind to wait for a server that does not end its side. */
  @ParameterizedTest
  @MethodSource("transports")
  void tcp_serverThatStaysOpen_isLeftAfterAWhile(Transport transport) throws Exception {
    CompletableFuture<String> rejected = new CompletableFuture<>();
    Peer peer =
        keep(
            new Peer(
                socket -> {
                  try {
                    for (; ; ) {
                      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
                      Peer.say(socket, "x");
                    }
                  } catch (IOException e) {
                    rejected.complete("gone");
                  }
                }));
    check(transport, TcpCheck.create(), peer, PATIENT);
    assertEquals("gone", rejected.get(30, TimeUnit.SECONDS));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void bind_addressGiven_isWhereTheCheckComesFrom(Transport transport) throws Exception {
    CompletableFuture<InetAddress> from = new CompletableFuture<>();
    Peer peer = keep(new Peer(socket -> from.complete(socket.getInetAddress())));
    InetSocketAddress bind = new InetSocketAddress("127.0.0.77", 0);
    CheckTarget target =
        lab.target(transport, peer.endpoint(), peer.address(), bind, PATIENT, PATIENT);
    lab.run(TcpCheck.create(), target).assertPassed("connected");
    assertEquals(bind.getAddress(), from.get(30, TimeUnit.SECONDS));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void bind_addressOfAnother_isNoResult(Transport transport) throws Exception {
    Peer peer = keep(new Peer(socket -> {}));
    InetSocketAddress bind = new InetSocketAddress("192.0.2.1", 0);
    CheckTarget target =
        lab.target(transport, peer.endpoint(), peer.address(), bind, PATIENT, PATIENT);
    CheckResult result = lab.run(TcpCheck.create(), target).result();
    assertEquals(CheckResult.Verdict.NONE, result.verdict(), result::toString);
  }

  /** The connection has its own limit, and the answer has what is left of the whole. */
  @ParameterizedTest
  @MethodSource("transports")
  void limits_each_isKept(Transport transport) throws Exception {
    InetSocketAddress deaf = keep(new Misbehaviour.Deaf()).address();
    Endpoint endpoint = new Endpoint("127.0.0.1", deaf.getPort());
    lab.run(HTTP, lab.target(transport, endpoint, deaf, null, IMPATIENT, PATIENT))
        .assertFailed("no connection within 300 ms", IMPATIENT);
    Peer silent = keep(new Peer(Misbehaviour.silent()));
    lab.run(
            HTTP,
            lab.target(
                transport,
                endpoint,
                silent.address(),
                null,
                Duration.ofMillis(300),
                Duration.ofMillis(900)))
        .assertFailed("no answer within 900 ms", Duration.ofMillis(900));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void refused_saysSo(Transport transport) throws Exception {
    InetSocketAddress closed = Peer.nobody();
    CheckResult refused = CheckResult.fail("connection refused");
    assertEquals(refused, check(transport, TcpCheck.create(), closed, PATIENT));
    assertEquals(refused, check(transport, HTTP, closed, PATIENT));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void backlogFull_failsAtTheTimeout(Transport transport) throws Exception {
    InetSocketAddress deaf = keep(new Misbehaviour.Deaf()).address();
    for (HealthCheck check : List.of(TcpCheck.create(), HTTP)) {
      assertEquals(
          CheckResult.fail("no connection within 300 ms"),
          check(transport, check, deaf, IMPATIENT));
    }
  }

  private <T extends AutoCloseable> T keep(T peer) {
    open.add(peer);
    return peer;
  }

  /** Fails at once, for this reason, and closes. */
  private void assertFails(String reason, Transport transport, Peer peer) throws Exception {
    keep(peer);
    assertEquals(CheckResult.fail(reason), check(transport, HTTP, peer, PATIENT));
    peer.awaitEnding();
  }

  private static CheckResult check(
      Transport transport, HealthCheck check, Peer peer, Duration timeout) throws Exception {
    return check(transport, check, peer.address(), timeout);
  }

  private static CheckResult check(
      Transport transport, HealthCheck check, InetSocketAddress address, Duration timeout)
      throws Exception {
    CheckLab.Run run = lab.run(transport, check, address, timeout);
    // A result that only the time-out brings is too late.
    run.assertWithin(timeout.equals(PATIENT) ? Duration.ZERO : timeout);
    return run.result();
  }
}

package io.evenkeel.check;

import static io.evenkeel.check.CheckLab.IMPATIENT;
import static io.evenkeel.check.CheckLab.PATIENT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.model.Endpoint;
import io.evenkeel.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Datagrams against real sockets: each way to answer, and to fail to. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UdpCheckIT {
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
  }

  static Stream<Transport> transports() {
    return CheckLab.transports();
  }

  @ParameterizedTest
  @MethodSource("transports")
  void silence_noReplyRequired_passesAtNineTenthsOfTheTimeout(Transport transport)
      throws Exception {
    UdpPeer peer = keep(new UdpPeer((request, replier) -> {}));

    CheckLab.Run run = lab.run(transport, UdpCheck.sendHex("00ff"), peer.address(), IMPATIENT);

    assertEquals(CheckResult.pass("no objection within 270 ms"), run.result());
    assertTrue(run.took().compareTo(Duration.ofMillis(270)) >= 0, run.toString());
    run.assertWithin(IMPATIENT);
    byte[] request =
        Arrays.copyOf(peer.awaitRequest().getData(), 2); // What came is in the buffer's beginning.
    assertArrayEquals(new byte[] {0, (byte) 0xff}, request);
  }

  /** However late the event loop is: what is due first is done first. */
  @ParameterizedTest
  @MethodSource("transports")
  void silence_eventLoopStalled_passesBeforeTheTimeout(Transport transport) throws Exception {
    UdpPeer peer = keep(new UdpPeer((request, replier) -> {}));
    Endpoint endpoint = new Endpoint("127.0.0.1", peer.address().getPort());
    CheckTarget target =
        lab.target(transport, endpoint, peer.address(), null, IMPATIENT, IMPATIENT);

    CompletableFuture<CheckResult> result =
        UdpCheck.send("hello").check(target).toCompletableFuture();
    Future<Boolean> isThere =
        target.eventLoop().schedule(result::isDone, 290, TimeUnit.MILLISECONDS);
    target.eventLoop().execute(() -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(400)));

    assertTrue(isThere.get(30, TimeUnit.SECONDS));
    assertEquals(CheckResult.Verdict.PASSED, result.get(30, TimeUnit.SECONDS).verdict());
  }

  @ParameterizedTest
  @MethodSource("transports")
  void silence_replyRequired_failsAtTheTimeout(Transport transport) throws Exception {
    UdpPeer peer = keep(new UdpPeer((request, replier) -> {}));
    run(transport, UdpCheck.send("hello").replying(), peer, IMPATIENT)
        .assertFailed("no answer within 300 ms", IMPATIENT);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void portUnreachable_failsAtOnce(Transport transport) throws Exception {
    lab.run(transport, UdpCheck.send("hello"), UdpPeer.nobody(), PATIENT)
        .assertFailed("port unreachable", Duration.ZERO);
    lab.run(transport, UdpCheck.send("hello").replying(), UdpPeer.nobody(), PATIENT)
        .assertFailed("port unreachable", Duration.ZERO);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void reply_asExpected_passesAtOnce(Transport transport) throws Exception {
    UdpPeer peer = keep(new UdpPeer((request, replier) -> replier.send(request)));
    CheckLab.Run run =
        run(transport, UdpCheck.send("hello\u0000there").replying("o\\x00t"), peer, PATIENT);
    run.assertPassed("reply of 11 bytes");
    run.assertWithin(Duration.ZERO);
    run(transport, UdpCheck.send("hello"), peer, PATIENT).assertPassed("reply of 5 bytes");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void reply_another_failsAtOnce(Transport transport) throws Exception {
    UdpPeer peer = keep(new UdpPeer((request, replier) -> replier.send(bytes("\u001b[2J"))));
    run(transport, UdpCheck.send("hello").replying("^ok"), peer, PATIENT)
        .assertFailed("reply: \\?\\[2J \\(expected: \\^ok\\)", Duration.ZERO);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void reply_late_failsAtTheTimeout(Transport transport) throws Exception {
    UdpPeer peer =
        keep(
            new UdpPeer(
                (request, replier) -> {
                  LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
                  replier.send(request);
                }));
    run(transport, UdpCheck.send("hello").replying(), peer, IMPATIENT)
        .assertFailed("no answer within 300 ms", IMPATIENT);
  }

  /** Only its beginning is looked at. */
  @ParameterizedTest
  @MethodSource("transports")
  void reply_veryLong_isCut(Transport transport) throws Exception {
    UdpPeer peer =
        keep(new UdpPeer((request, replier) -> replier.send(bytes("x".repeat(60_000) + "ok"))));
    run(transport, UdpCheck.send("hello").replying("ok"), peer, PATIENT)
        .assertFailed("reply: x{100}\\.\\.\\. \\(expected: ok\\)", Duration.ZERO);
    run(transport, UdpCheck.send("hello").replying(), peer, PATIENT)
        .assertPassed("reply of 2048 bytes");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void replies_endless_areDecidedByTheFirst(Transport transport) throws Exception {
    UdpPeer peer = keep(UdpPeer.endless(bytes("x")));
    run(transport, UdpCheck.send("hello").replying("ok"), peer, PATIENT)
        .assertFailed("reply: x \\(expected: ok\\)", Duration.ZERO);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void bind_isWhereItComesFrom(Transport transport) throws Exception {
    UdpPeer peer = keep(new UdpPeer((request, replier) -> replier.send(request)));
    InetSocketAddress bind = new InetSocketAddress("127.0.0.77", 0);
    Endpoint endpoint = new Endpoint("127.0.0.1", peer.address().getPort());

    CheckTarget target = lab.target(transport, endpoint, peer.address(), bind, PATIENT, PATIENT);

    lab.run(UdpCheck.send("hello").replying(), target).assertPassed("reply of 5 bytes");
    assertEquals("127.0.0.77", peer.awaitRequest().getAddress().getHostAddress());
  }

  @ParameterizedTest
  @MethodSource("transports")
  void ipv6_isAsIpv4(Transport transport) throws Exception {
    byte[] loopback = new byte[16];
    loopback[15] = 1;
    UdpPeer peer =
        keep(
            new UdpPeer(
                InetAddress.getByAddress(loopback), (request, replier) -> replier.send(request)));
    run(transport, UdpCheck.send("hello").replying(), peer, PATIENT)
        .assertPassed("reply of 5 bytes");
    peer.close();
    run(transport, UdpCheck.send("hello").replying(), peer, PATIENT)
        .assertFailed("port unreachable", Duration.ZERO);
  }

  /** TEST-NET-1 is not an address of this host. */
  @ParameterizedTest
  @MethodSource("transports")
  void bind_notOurs_isNoResult(Transport transport) throws Exception {
    Endpoint endpoint = new Endpoint("127.0.0.1", 9);
    CheckTarget target =
        lab.target(
            transport,
            endpoint,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 9),
            new InetSocketAddress("192.0.2.1", 0),
            PATIENT,
            PATIENT);
    CheckResult result = lab.run(UdpCheck.send("hello"), target).result();
    assertEquals(CheckResult.Verdict.NONE, result.verdict(), result.toString());
    assertTrue(result.reason().contains("assign requested address"), result.reason());
  }

  private CheckLab.Run run(Transport transport, UdpCheck check, UdpPeer peer, Duration timeout)
      throws Exception {
    return lab.run(transport, check, peer.address(), timeout);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private <T extends AutoCloseable> T keep(T peer) {
    open.add(peer);
    return peer;
  }
}

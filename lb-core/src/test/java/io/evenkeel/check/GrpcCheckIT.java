package io.evenkeel.check;

import static io.evenkeel.check.CheckLab.IMPATIENT;
import static io.evenkeel.check.CheckLab.PATIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.transport.Transport;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** gRPC's health check against grpc-java, and against what only looks like a gRPC server. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GrpcCheckIT {
  @TempDir static Path directory;

  private static CheckLab lab;
  private static TestCertificate certificate;

  @BeforeAll
  static void start() throws Exception {
    lab = new CheckLab();
    certificate = TestCertificate.make(directory, "grpc.test", "-1d+12H", 31);
  }

  @AfterAll
  static void end() {
    lab.close();
  }

  static Stream<Transport> transports() {
    return CheckLab.transports();
  }

  @ParameterizedTest
  @MethodSource("transports")
  void status_each_isJudged(Transport transport) throws Exception {
    HealthStatusManager health = new HealthStatusManager();
    try (GrpcServer server = new GrpcServer(0, health, null)) {
      InetSocketAddress address = server.address();
      lab.run(transport, GrpcCheck.create(), address, PATIENT).assertPassed("SERVING");
      health.setStatus("shop", ServingStatus.SERVING);
      lab.run(transport, GrpcCheck.service("shop"), address, PATIENT).assertPassed("SERVING");
      health.setStatus("shop", ServingStatus.NOT_SERVING);
      lab.run(transport, GrpcCheck.service("shop"), address, PATIENT)
          .assertFailed("NOT_SERVING \\(expected: SERVING\\)", Duration.ZERO);
      health.setStatus("shop", ServingStatus.SERVICE_UNKNOWN);
      lab.run(transport, GrpcCheck.service("shop"), address, PATIENT)
          .assertFailed("SERVICE_UNKNOWN \\(expected: SERVING\\)", Duration.ZERO);
      lab.run(transport, GrpcCheck.service("x".repeat(4000)), address, PATIENT)
          .assertFailed("grpc-status 5 NOT_FOUND: unknown service x+\\.\\.\\.", Duration.ZERO);
      health.enterTerminalState();
      lab.run(transport, GrpcCheck.create(), address, PATIENT)
          .assertFailed("NOT_SERVING \\(expected: SERVING\\)", Duration.ZERO);
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void server_withoutTheHealthService_isUnimplemented(Transport transport) throws Exception {
    try (GrpcServer server = new GrpcServer(0, null, null)) {
      lab.run(transport, GrpcCheck.create(), server.address(), PATIENT)
          .assertFailed("grpc-status 12 UNIMPLEMENTED: Method not found: .*", Duration.ZERO);
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void tls_server_isAsked(Transport transport) throws Exception {
    GrpcCheck plain = GrpcCheck.create();
    Tls trusted = Tls.trusting(List.of(certificate.certificate()));
    try (GrpcServer server = new GrpcServer(0, new HealthStatusManager(), certificate)) {
      lab.run(transport, plain.withTls(Tls.unverified()), server.address(), PATIENT)
          .assertPassed("SERVING, certificate expires in 30 days");
      lab.run(
              transport,
              plain.withTls(trusted.withServerName("grpc.test")),
              server.address(),
              PATIENT)
          .assertPassed("SERVING, certificate expires in 30 days");
      lab.run(transport, plain.withTls(trusted), server.address(), PATIENT)
          .assertFailed("certificate not trusted: .*", Duration.ZERO);
      lab.run(transport, plain, server.address(), PATIENT)
          .assertFailed(
              "an answer that is not HTTP/2|connection closed without an answer|connection reset",
              Duration.ZERO);
    }
  }

  /** TLS it speaks, but without ALPN nobody knows what in it. */
  @ParameterizedTest
  @MethodSource("transports")
  void tls_serverWithoutHttp2_saysSo(Transport transport) throws Exception {
    try (Peer peer =
        new Peer(
            certificate.serverContext().getServerSocketFactory().createServerSocket(0),
            Misbehaviour.silent())) {
      lab.run(transport, GrpcCheck.create().withTls(Tls.unverified()), peer.address(), PATIENT)
          .assertFailed("ALPN: none \\(expected: h2\\)", Duration.ZERO);
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void process_frozenThenStopped_fails(Transport transport, @TempDir Path own) throws Exception {
    Daemon server = GrpcServer.start(own);
    try (server) {
      lab.run(transport, GrpcCheck.create(), server.address(), PATIENT).assertPassed("SERVING");
      server.freeze();
      lab.run(transport, GrpcCheck.create(), server.address(), IMPATIENT)
          .assertFailed("no answer within 300 ms", IMPATIENT);
      server.thaw();
      lab.run(transport, GrpcCheck.create(), server.address(), PATIENT).assertPassed("SERVING");
    }
    lab.run(transport, GrpcCheck.create(), server.address(), PATIENT)
        .assertFailed("connection refused", Duration.ZERO);
  }

  /** HTTP/2 (RFC 9113, 4.1), but no health check. */
  @ParameterizedTest
  @MethodSource("transports")
  void frames_odd_failWithTheReason(Transport transport) throws Exception {
    // HEADERS with ":status: 200" and "content-type: application/grpc", then DATA.
    String head = frame(1, 4, 3, "88" + "0f10" + text("application/grpc"));
    String trailers = frame(1, 5, 3, "00" + text("grpc-status") + text("0"));
    String reset = frame(3, 0, 3, "00000007");
    String goAway = frame(7, 0, 0, "000000000000000b");
    fails(transport, head + frame(0, 0, 3, "0000000002" + "0803") + trailers, "SERVICE_UNKNOWN .*");
    fails(transport, head + frame(0, 0, 3, "0000000002" + "0880") + trailers, "a message that .*");
    fails(transport, head + frame(0, 0, 3, "0100000002" + "0801") + trailers, "a message that .*");
    fails(transport, head + frame(0, 0, 3, "0000000003" + "0801") + trailers, "a message that .*");
    fails(transport, head + frame(0, 0, 3, "00ffffffff" + "0801") + trailers, "a message that .*");
    fails(transport, head + frame(0, 0, 3, "0000") + trailers, "no message");
    fails(transport, head + trailers, "no message");
    fails(transport, head + frame(0, 1, 3, "00000000020801"), "no grpc-status");
    fails(transport, head + frame(0, 0, 3, "00".repeat(5000)), "a message of more than 4096 bytes");
    fails(transport, frame(1, 5, 3, "88"), "content-type: null .*");
    fails(transport, frame(1, 5, 3, "8d"), "HTTP status 404 \\(expected: 200\\)");
    fails(transport, reset, "stream reset: REFUSED_STREAM");
    fails(transport, goAway, "connection given up: ENHANCE_YOUR_CALM");
    fails(transport, frame(1, 4, 3, "ff".repeat(20)), "HTTP/2: .*");
  }

  /** What a server may say for ever without answering is read for a while only. */
  @ParameterizedTest
  @MethodSource("transports")
  void frames_endless_areCutOff(Transport transport) throws Exception {
    for (String again :
        List.of(
            frame(6, 0, 0, "00".repeat(8)),
            frame(4, 0, 0, ""),
            frame(8, 0, 0, "00000001"),
            frame(0xbe, 0, 0, "00".repeat(100)))) {
      Misbehaviour.Endless endless =
          new Misbehaviour.Endless(binary(frame(4, 0, 0, "")), binary(again));
      try (Peer peer = new Peer(endless)) {
        lab.run(transport, GrpcCheck.create(), peer.address(), PATIENT)
            .assertFailed("more than 65536 bytes received|HTTP/2: .*", Duration.ZERO);
        assertEquals("reset", peer.awaitEnding());
      }
    }
  }

  /** Whoever reads what the server says after the check's end is not left with a reset. */
  @ParameterizedTest
  @MethodSource("transports")
  void answered_serverSpeaksOn_isToldGoAwayAndNotReset(Transport transport) throws Exception {
    String answer =
        frame(4, 0, 0, "")
            + frame(1, 4, 3, "88" + "0f10" + text("application/grpc"))
            + frame(0, 0, 3, "0000000002" + "0801")
            + frame(1, 5, 3, "00" + text("grpc-status") + text("0"));
    CompletableFuture<String> heard = new CompletableFuture<>();
    try (Peer peer =
        new Peer(
            socket -> {
              readRequest(socket);
              Peer.say(socket, binary(answer));
              heard.complete(HexFormat.of().formatHex(socket.getInputStream().readAllBytes()));
              for (int i = 0; i < 3; i++) {
                Peer.say(socket, binary(frame(6, 0, 0, "00".repeat(8))));
              }
            })) {
      lab.run(transport, GrpcCheck.create(), peer.address(), PATIENT).assertPassed("SERVING");
      String last = heard.get(30, TimeUnit.SECONDS);
      assertTrue(last.endsWith(frame(7, 0, 0, "0000000000000000")), last);
      assertEquals("end", peer.awaitEnding());
    }
  }

  private static void fails(Transport transport, String frames, String reason) throws Exception {
    String bytes = binary(frame(4, 0, 0, "") + frames);
    try (Peer peer =
        new Peer(
            socket -> {
              readRequest(socket);
              Peer.say(socket, bytes);
            })) {
      lab.run(transport, GrpcCheck.create(), peer.address(), PATIENT)
          .assertFailed(reason, Duration.ZERO);
      assertEquals("end", peer.awaitEnding());
    }
  }

  /** Up to the preface, the settings and some of the request: then the stream is there. */
  private static void readRequest(Socket socket) throws IOException {
    socket.getInputStream().readNBytes(100);
  }

  /** Length, type, flags, stream, payload. */
  private static String frame(int type, int flags, int stream, String payload) {
    return "%06x%02x%02x%08x%s".formatted(payload.length() / 2, type, flags, stream, payload);
  }

  /** A string literal of HPACK (RFC 7541, 5.2), shorter than 127 bytes. */
  private static String text(String text) {
    return "%02x".formatted(text.length())
        + HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String binary(String hex) {
    return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
  }
}

package io.evenkeel.check;

import static io.evenkeel.check.CheckLab.IMPATIENT;
import static io.evenkeel.check.CheckLab.PATIENT;

import io.evenkeel.hook.FreePorts;
import io.evenkeel.transport.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against dnsmasq, and against what is no DNS server. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DnsCheckIT {
  private static final DnsCheck WWW = DnsCheck.query("www.test", DnsType.A);

  @TempDir static Path directory;

  private static CheckLab lab;
  private static Daemon server;

  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    lab = new CheckLab();
    server = startServer();
  }

  @AfterAll
  static void end() {
    if (server != null) {
      server.close();
    }
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

  private static Daemon startServer() throws Exception {
    int port = FreePorts.next();
    return Daemon.start(
        List.of(
            "/usr/sbin/dnsmasq",
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--pid-file=",
            "--user=" + System.getProperty("user.name"),
            "--no-resolv",
            "--no-hosts",
            "--listen-address=127.0.0.1",
            "--bind-interfaces",
            "--port=" + port,
            "--local=/test/",
            "--host-record=www.test,192.0.2.1,2001:db8::1",
            "--host-record=www.test,192.0.2.2",
            "--cname=alias.test,www.test",
            "--txt-record=txt.test,v=1,two parts",
            "--txt-record=long.test," + "x".repeat(250) + "," + "y".repeat(250),
            "--mx-host=test,www.test,10",
            "--srv-host=_sip._udp.test,www.test,5060"),
        port,
        directory.resolve("dnsmasq.log"));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void query_knownName_passes(Transport transport) throws Exception {
    for (DnsCheck check :
        List.of(
            WWW,
            DnsCheck.query("WWW.Test.", DnsType.AAAA),
            DnsCheck.query("txt.test", DnsType.TXT),
            DnsCheck.query("test", DnsType.MX),
            DnsCheck.query("_sip._udp.test", DnsType.SRV),
            DnsCheck.query("alias.test", DnsType.CNAME),
            DnsCheck.query("long.test", DnsType.TXT))) {
      CheckLab.Run run = run(transport, check, PATIENT);
      run.assertPassed("NOERROR");
      run.assertWithin(Duration.ZERO);
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void query_expectedAnswer_passes(Transport transport) throws Exception {
    run(transport, WWW.expecting("192.0.2.1"), PATIENT).assertPassed("192\\.0\\.2\\.1");
    run(transport, WWW.expecting("192.0.2.2"), PATIENT).assertPassed("192\\.0\\.2\\.2");
    run(transport, DnsCheck.query("alias.test", DnsType.A).expecting("192.0.2.1"), PATIENT)
        .assertPassed("192\\.0\\.2\\.1");
    run(transport, DnsCheck.query("www.test", DnsType.AAAA).expecting("2001:db8:0::1"), PATIENT)
        .assertPassed("2001:db8::1");
    run(transport, DnsCheck.query("txt.test", DnsType.TXT).expecting("v=1two parts"), PATIENT)
        .assertPassed("v=1two parts");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void query_anotherAnswer_failsAtOnce(Transport transport) throws Exception {
    run(transport, WWW.expecting("192.0.2.9"), PATIENT)
        .assertFailed("192.0.2.[12], 192.0.2.[12] \\(expected: 192.0.2.9\\)", Duration.ZERO);
    run(transport, DnsCheck.query("txt.test", DnsType.A).expecting("192.0.2.9"), PATIENT)
        .assertFailed("no A \\(expected: 192.0.2.9\\)", Duration.ZERO);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void query_error_failsWithItsName(Transport transport) throws Exception {
    run(transport, DnsCheck.query("nobody.test", DnsType.A), PATIENT)
        .assertFailed("NXDOMAIN \\(expected: NOERROR\\)", Duration.ZERO);
    run(transport, DnsCheck.query("example.org", DnsType.A), PATIENT)
        .assertFailed("REFUSED \\(expected: NOERROR\\)", Duration.ZERO);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void server_frozen_failsAtTheTimeoutAndPassesAgain(Transport transport) throws Exception {
    server.freeze();
    try {
      run(transport, WWW, IMPATIENT).assertFailed("no answer within 300 ms", IMPATIENT);
    } finally {
      server.thaw();
    }
    run(transport, WWW, PATIENT).assertPassed("NOERROR");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void server_stopped_failsAtOnce(Transport transport) throws Exception {
    Daemon stopped = startServer();
    stopped.close();
    lab.run(transport, WWW, stopped.address(), PATIENT)
        .assertFailed("port unreachable", Duration.ZERO);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void answers_toAnotherQuery_areIgnored(Transport transport) throws Exception {
    UdpPeer peer =
        keep(
            new UdpPeer(
                (request, replier) -> {
                  byte[] garbage = new byte[500];
                  new Random(4711).nextBytes(garbage);
                  replier.send(garbage);
                  replier.send(new byte[0]);
                  byte[] answer = answer(request);
                  answer[1] ^= 1;
                  replier.send(answer);
                }));
    lab.assertTimesOut(
        transport, WWW, peer::address, "no answer", ", but [23] that did not fit the query");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void answers_toAnotherQueryFirst_passesWithTheRightOne(Transport transport) throws Exception {
    UdpPeer peer =
        keep(
            new UdpPeer(
                (request, replier) -> {
                  byte[] answer = answer(request);
                  answer[0] ^= 1;
                  replier.send(answer);
                  answer[0] ^= 1;
                  replier.send(answer);
                }));
    lab.run(transport, WWW, peer.address(), PATIENT).assertPassed("NOERROR");
  }

  /** Which never fits. */
  @ParameterizedTest
  @MethodSource("transports")
  void answers_endless_failAtTheTimeout(Transport transport) throws Exception {
    // One of its own for each attempt, since such a peer answers the first query for ever.
    lab.assertTimesOut(
        transport,
        WWW,
        () -> keep(UdpPeer.endless(new byte[1400])).address(),
        "no answer",
        ", but [0-9]+ that did not fit the query");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void answer_withFewerRecordsThanItSays_isJudgedByThose(Transport transport) throws Exception {
    UdpPeer peer =
        keep(
            new UdpPeer(
                (request, replier) -> {
                  byte[] answer = answer(request);
                  answer[7] = 1;
                  replier.send(answer);
                }));
    lab.run(transport, WWW.expecting("192.0.2.1"), peer.address(), PATIENT)
        .assertFailed("no A \\(expected: 192.0.2.1\\)", Duration.ZERO);
  }

  private CheckLab.Run run(Transport transport, DnsCheck check, Duration timeout) throws Exception {
    return lab.run(transport, check, server.address(), timeout);
  }

  /** To the very question, with no records. */
  private static byte[] answer(byte[] request) {
    byte[] answer = request.clone();
    answer[2] |= (byte) 0x80;
    return answer;
  }

  private <T extends AutoCloseable> T keep(T peer) {
    open.add(peer);
    return peer;
  }
}

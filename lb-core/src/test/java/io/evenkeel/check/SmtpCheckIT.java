package io.evenkeel.check;

import static io.evenkeel.check.CheckLab.IMPATIENT;
import static io.evenkeel.check.CheckLab.PATIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.hook.FreePorts;
import io.evenkeel.hook.Processes;
import io.evenkeel.transport.Transport;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against Exim, and against what is no SMTP server. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SmtpCheckIT {
  private static final SmtpCheck SMTP = SmtpCheck.create();

  @TempDir static Path directory;

  private static CheckLab lab;
  private static Daemon server;

  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    lab = new CheckLab();
    server = startServer("exim");
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

  /** Refuses the name bad.test in HELO, and greets in several lines. */
  private static Daemon startServer(String name) throws Exception {
    int port = FreePorts.next();
    Path home = Files.createDirectory(directory.resolve(name));
    // As root it changes to a user of its own, who writes its logs.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path configuration =
        Files.writeString(
            home.resolve("exim.conf"),
            String.join(
                "\n",
                "primary_hostname = mail.test",
                "spool_directory = " + home.resolve("spool"),
                "log_file_path = " + home.resolve("%slog"),
                "smtp_banner = mail.test ESMTP\\nof several lines",
                "log_selector = +smtp_connection",
                "keep_environment =",
                "tls_advertise_hosts =",
                "rfc1413_query_timeout = 0s",
                "acl_smtp_helo = helo",
                "begin acl",
                "helo:",
                "  deny condition = ${if eq{$sender_helo_name}{bad.test}}",
                "       message = who is that",
                "  accept",
                ""));
    Files.setPosixFilePermissions(configuration, PosixFilePermissions.fromString("rw-r--r--"));
    return Daemon.start(
        List.of(
            "/usr/sbin/exim4",
            "-C",
            configuration.toString(),
            "-bdf",
            "-oX",
            "127.0.0.1." + port,
            "-oP",
            home.resolve("pid").toString()),
        port,
        directory.resolve(name + ".log"));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void server_fit_passesAndSaysGoodbye(Transport transport) throws Exception {
    CheckLab.Run run = lab.run(transport, SMTP, server.address(), PATIENT);
    run.assertPassed("250");
    run.assertWithin(Duration.ZERO);
    lab.run(
            transport,
            SMTP.withHelo("t" + transport.ordinal() + ".test"),
            server.address(),
            PATIENT)
        .assertPassed("250");

    awaitLog("SMTP connection from ([127.0.0.1]) [127.0.0.1] closed by QUIT");
    awaitLog("SMTP connection from (t" + transport.ordinal() + ".test) [127.0.0.1] closed by QUIT");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void server_refusesHelo_failsWithItsWords(Transport transport) throws Exception {
    lab.run(transport, SMTP.withHelo("bad.test"), server.address(), PATIENT)
        .assertFailed("HELO: 550 who is that \\(expected: 250\\)", Duration.ZERO);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void server_frozen_failsAtTheTimeoutAndPassesAgain(Transport transport) throws Exception {
    server.freeze();
    try {
      lab.run(transport, SMTP, server.address(), IMPATIENT)
          .assertFailed("greeting: no answer within 300 ms", IMPATIENT);
    } finally {
      server.thaw();
    }
    lab.run(transport, SMTP, server.address(), PATIENT).assertPassed("250");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void server_stopped_failsAtOnce(Transport transport) throws Exception {
    Daemon own = startServer("stopped" + transport.ordinal());
    try (own) {
      lab.run(transport, SMTP, own.address(), PATIENT).assertPassed("250");
    }
    lab.run(transport, SMTP, own.address(), PATIENT)
        .assertFailed("connection refused", Duration.ZERO);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void server_backlogFull_failsAtTheTimeout(Transport transport) throws Exception {
    Misbehaviour.Deaf deaf = keep(new Misbehaviour.Deaf());
    lab.run(transport, SMTP, deaf.address(), IMPATIENT)
        .assertFailed("no connection within 300 ms", IMPATIENT);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void server_misbehaves_failsWithAReason(Transport transport) throws Exception {
    Map<String, String> reasons =
        Map.of(
            "silent", "(greeting: no answer|no connection) within 300 ms",
            "closing", "greeting: connection closed \\(expected: 220\\)",
            "slamming", "greeting: connection closed \\(expected: 220\\)|connection reset",
            "resetting", "connection reset",
            "garbage", "greeting: .{0,103} \\(expected: 220\\)",
            "endless zeros", "a line of more than 1024 bytes",
            "endless line", "a line of more than 1024 bytes",
            "endless lines", "greeting: x \\(expected: 220\\)");
    for (Map.Entry<String, Peer.Script> misbehaviour : Misbehaviour.all().entrySet()) {
      Peer peer = keep(new Peer(misbehaviour.getValue()));
      boolean isSilent = misbehaviour.getKey().equals("silent");
      lab.run(transport, SMTP, peer.address(), isSilent ? IMPATIENT : PATIENT)
          .assertFailed(reasons.get(misbehaviour.getKey()), isSilent ? IMPATIENT : Duration.ZERO);
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void server_endlessReply_failsAndReadsLittle(Transport transport) throws Exception {
    Misbehaviour.Endless endless = new Misbehaviour.Endless("", "220-more\r\n");
    Peer peer = keep(new Peer(endless));
    lab.run(transport, SMTP, peer.address(), PATIENT)
        .assertFailed("greeting: more than 100 lines \\(expected: 220\\)", Duration.ZERO);
    assertEquals("reset", peer.awaitEnding());
    // What the kernel's buffers hold, and little more.
    assertTrue(endless.sentBytes() < 1 << 24, endless.sentBytes() + " bytes");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void server_drips_failsAtTheTimeout(Transport transport) throws Exception {
    Peer peer =
        keep(new Peer(Misbehaviour.dripping(Duration.ofMillis(100), "220 mail.test ESMTP\r\n")));
    lab.run(transport, SMTP, peer.address(), IMPATIENT)
        .assertFailed("greeting: no answer within 300 ms", IMPATIENT);
  }

  /** Some servers do not answer QUIT; one that hangs there is ill all the same. */
  @ParameterizedTest
  @MethodSource("transports")
  void quit_endsOrResets_passes(Transport transport) throws Exception {
    for (Peer.Script ending : List.of(Misbehaviour.slamming(), Misbehaviour.resetting())) {
      Peer peer = keep(new Peer(until("QUIT").then(ending)));
      lab.run(transport, SMTP, peer.address(), PATIENT).assertPassed("250");
    }
    Peer silent = keep(new Peer(until("QUIT")));
    lab.assertTimesOut(transport, SMTP, silent::address, "QUIT: no answer", "");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void helo_notAnswered_isSaidToBe(Transport transport) throws Exception {
    Peer peer = keep(new Peer(socket -> Peer.say(socket, "220 hello\r\n")));
    lab.assertTimesOut(transport, SMTP, peer::address, "HELO: no answer", "");
  }

  /** The server's process for the connection may write it after the check's end. */
  private static void awaitLog(String line) throws Exception {
    Path file = directory.resolve("exim").resolve("mainlog");
    String log = Processes.await(() -> Files.readString(file), text -> text.contains(line));
    assertTrue(log.contains(line), log);
  }

  private static Peer.Script until(String last) {
    return socket -> {
      Peer.say(socket, "220 hello\r\n");
      for (String line = readLine(socket); !line.equals(last); line = readLine(socket)) {
        Peer.say(socket, "250-hello\r\n250 you\r\n");
      }
    };
  }

  private static String readLine(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = socket.getInputStream().read(); c != '\n'; c = socket.getInputStream().read()) {
      if (c < 0) {
        throw new IOException("no whole line: " + line);
      }
      line.append((char) c);
    }
    return line.toString().strip();
  }

  private <T extends AutoCloseable> T keep(T peer) {
    open.add(peer);
    return peer;
  }
}

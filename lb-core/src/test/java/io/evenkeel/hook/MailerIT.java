package io.evenkeel.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Mail through a real SMTP server: up, down, frozen. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MailerIT {
  private static final MailPatience QUICK =
      new MailPatience(5, 100, Duration.ofMillis(50), Duration.ofMillis(200));

  /** Long: what the server takes in too late it is sent a second time. */
  private static final Duration PATIENT = Duration.ofSeconds(10);

  @TempDir Path folder;

  @Test
  void send_severalRecipients_allGetIt() throws Exception {
    try (MailDrop drop = new MailDrop(folder).start();
        Mailer mailer = mailer(drop, QUICK)) {
      mailer.send("web \u00fcp", "first\n.\nlast \u20ac\n");
      String mail = only(drop.awaitMails(1));

      assertTrue(mail.contains("\nX-RcptTo: a@example.com, b@example.com\n"), mail);
      assertTrue(mail.contains("\nX-MailFrom: lb@example.com\n"), mail);
      assertTrue(mail.contains("From: lb@example.com\n"), mail);
      assertTrue(mail.contains("\nTo: a@example.com, b@example.com\n"), mail);
      assertTrue(mail.contains("\nSubject: =?UTF-8?Q?web_=C3=BCp?=\n"), mail);
      assertTrue(mail.contains("\nAuto-Submitted: auto-generated\n"), mail);
      assertTrue(mail.startsWith("Date: "), mail);
      assertEquals(1L, Processes.await(mailer::sent, count -> count == 1));
      assertEquals(0, mailer.dropped());
    }
  }

  @Test
  void send_lineEndsInSubject_makeNoHeader() throws Exception {
    try (MailDrop drop = new MailDrop(folder).start();
        Mailer mailer = mailer(drop, QUICK)) {
      mailer.send("a\r\nBcc: evil@example.com\nX-Evil: 1\r\n\r\nbody", "text");
      String mail = only(drop.awaitMails(1));

      assertTrue(mail.contains("\nSubject: a Bcc: evil@example.com X-Evil: 1 body\n"), mail);
      assertTrue(mail.contains("\nX-RcptTo: a@example.com, b@example.com\n"), mail);
      assertTrue(mail.lines().noneMatch(line -> line.startsWith("X-Evil")), mail);
    }
  }

  @Test
  void send_serverDownThenUp_arrivesLaterInOrder() throws Exception {
    try (MailDrop drop = new MailDrop(folder);
        Mailer mailer = mailer(drop, QUICK)) {
      mailer.send("one", "");
      mailer.send("two", "");
      TimeUnit.MILLISECONDS.sleep(500);
      assertEquals(0, mailer.sent());
      drop.start();

      assertEquals(2, drop.awaitMails(2).size());
      assertEquals(2L, Processes.await(mailer::sent, count -> count == 2));
      assertEquals(0, mailer.dropped());
    }
  }

  @Test
  void send_serverStaysDown_isDroppedAfterItsAttempts() throws Exception {
    MailPatience twice = new MailPatience(5, 2, Duration.ofMillis(50), Duration.ofMillis(50));
    try (Mailer mailer = mailer(new MailDrop(folder), twice)) {
      mailer.send("one", "");

      assertEquals(1L, Processes.await(mailer::dropped, count -> count > 0));
      assertEquals(0, mailer.sent());
    }
  }

  @Test
  void send_serverFrozen_neverWaitsAndDropsTheOldest() throws Exception {
    try (MailDrop drop = new MailDrop(folder).start();
        Mailer mailer = mailer(drop.port(), QUICK, Duration.ofSeconds(30))) {
      drop.freeze();
      mailer.send("mail 0", "");
      assertTrue(drop.awaitClient());
      long start = System.nanoTime();
      for (int i = 1; i < 20; i++) {
        mailer.send("mail " + i, "");
      }
      assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10));
      assertEquals(14, mailer.dropped());
      drop.thaw();

      Processes.await(mailer::sent, count -> count == 6);
      List<String> subjects =
          drop.mails().stream()
              .flatMap(mail -> mail.lines().filter(line -> line.startsWith("Subject: ")))
              .distinct()
              .sorted()
              .toList();
      List<String> expected =
          IntStream.of(0, 15, 16, 17, 18, 19).mapToObj(i -> "Subject: mail " + i).toList();
      assertEquals(expected, subjects);
    }
  }

  @Test
  void send_tlsRequiredButNotOffered_isNotSentInClear() throws Exception {
    MailPatience once = new MailPatience(5, 1, Duration.ofMillis(50), Duration.ofMillis(50));
    try (MailDrop drop = new MailDrop(folder).start();
        Mailer mailer =
            new Mailer(
                MailServer.of("127.0.0.1", drop.port()).withStartTls(),
                "lb@example.com",
                List.of("a@example.com"),
                once)) {
      mailer.send("one", "");

      assertEquals(1L, Processes.await(mailer::dropped, count -> count > 0));
      assertEquals(List.of(), drop.mails());
    }
  }

  @Test
  void send_resetAtQuit_isSentOnce() throws Exception {
    try (ServerSocket peer = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Mailer mailer = mailer(peer.getLocalPort(), QUICK, PATIENT)) {
      mailer.send("one", "");
      takeAndResetAtQuit(peer);

      assertEquals(1L, Processes.await(mailer::sent, count -> count == 1));
      assertEquals(0, mailer.dropped());
      peer.setSoTimeout(1000);
      assertThrows(SocketTimeoutException.class, peer::accept);
    }
  }

  @Test
  void close_mailWaits_isSentFirst() throws Exception {
    try (MailDrop drop = new MailDrop(folder).start()) {
      try (Mailer mailer = mailer(drop, QUICK)) {
        IntStream.range(0, 4).forEach(i -> mailer.send("mail " + i, ""));
      }
      assertEquals(4, drop.mails().size());
    }
  }

  @Test
  void close_serverFrozen_endsAndCountsWhatIsLeft() throws Exception {
    try (MailDrop drop = new MailDrop(folder).start()) {
      drop.freeze();
      Mailer mailer = mailer(drop.port(), QUICK, Duration.ofSeconds(1));
      IntStream.range(0, 4).forEach(i -> mailer.send("mail " + i, ""));
      long start = System.nanoTime();
      mailer.close();
      assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60));
      assertEquals(4L, Processes.await(mailer::dropped, count -> count == 4));
      mailer.send("late", "");
      assertEquals(5, mailer.dropped());
    }
  }

  /** No real server does so on demand. */
  private static void takeAndResetAtQuit(ServerSocket peer) throws IOException {
    try (Socket client = peer.accept();
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
        OutputStream out = client.getOutputStream()) {
      // Closing resets.
      client.setSoLinger(true, 0);
      String answer = "220 peer";
      boolean inMail = false;
      for (String line = ""; line != null && !line.equals("QUIT"); line = in.readLine()) {
        if (line.equals("DATA")) {
          answer = "354 go on";
          inMail = true;
        } else if (line.equals(".")) {
          inMail = false;
          answer = "250 taken";
        } else if (inMail) {
          continue;
        }
        out.write((answer + "\r\n").getBytes(StandardCharsets.US_ASCII));
        answer = "250 fine";
      }
    }
  }

  private static Mailer mailer(MailDrop drop, MailPatience patience) {
    return mailer(drop.port(), patience, PATIENT);
  }

  private static Mailer mailer(int port, MailPatience patience, Duration timeout) {
    MailServer server = MailServer.of("127.0.0.1", port).timeouts(timeout, timeout);
    return new Mailer(
        server, "lb@example.com", List.of("a@example.com", "b@example.com"), patience);
  }

  private static String only(List<String> mails) {
    assertEquals(1, mails.size());
    return mails.get(0);
  }
}

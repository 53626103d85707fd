package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.check.ScriptCheck;
import io.evenkeel.hook.Command;
import io.evenkeel.hook.MailDrop;
import io.evenkeel.hook.MailPatience;
import io.evenkeel.hook.MailServer;
import io.evenkeel.hook.Mailer;
import io.evenkeel.hook.Processes;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands and mail at the transitions of a director. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("try") // The director works by itself.
class NotifyIT {
  private static final Set<Event.Kind> ALL = EnumSet.allOf(Event.Kind.class);
  private static final Set<Event.Kind> TRANSITIONS =
      EnumSet.of(
          Event.Kind.SERVER_UP,
          Event.Kind.SERVER_DOWN,
          Event.Kind.SERVICE_UP,
          Event.Kind.SERVICE_DOWN);

  private final Processes processes = new Processes();

  @TempDir Path folder;
  private Path log;
  private Path ill;

  @BeforeEach
  void names() {
    log = folder.resolve("log");
    ill = folder.resolve("ill");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    try (processes) {
      assertEquals(List.of(), processes.awaitNone());
    }
  }

  @Test
  void command_serverDownAndUp_isRunInOrderWithWhatHappened() throws Exception {
    String script = "sleep 0.1; echo \"$# $1 $EVENKEEL_NOTIFY\" >>" + log;
    NotifyCommand notify =
        new NotifyCommand(command("sh", "-c", script, "sh", "my arg"), TRANSITIONS);
    try (Director director = director(notify)) {
      Files.createFile(ill);
      assertEquals(2, awaitLog(2).size());
      Files.delete(ill);
      assertEquals(4, awaitLog(4).size());
    }
    assertEquals(
        List.of(
            "1 my arg RS [127.0.0.1]:tcp:81 [127.0.0.1]:tcp:80 DOWN",
            "1 my arg VS [127.0.0.1]:tcp:80 DOWN",
            "1 my arg RS [127.0.0.1]:tcp:81 [127.0.0.1]:tcp:80 UP",
            "1 my arg VS [127.0.0.1]:tcp:80 UP"),
        Files.readAllLines(log));
  }

  @Test
  void command_environment_saysAll() throws Exception {
    String script = "env | grep ^EVENKEEL_ | grep -v ^" + Processes.VARIABLE + " | sort >>" + log;
    new NotifyCommand(command("sh", "-c", script), ALL)
        .onEvent(
            new Event(
                Event.Kind.SERVER_DOWN,
                Instant.EPOCH,
                ServiceKey.udp("[2001:db8::1]:53"),
                Endpoint.parse("192.0.2.1:54"),
                "why"));

    assertEquals(
        List.of(
            "EVENKEEL_AT=1970-01-01T00:00:00Z",
            "EVENKEEL_KIND=SERVER_DOWN",
            "EVENKEEL_NOTIFY=RS [192.0.2.1]:udp:54 [2001:db8:0:0:0:0:0:1]:udp:53 DOWN",
            "EVENKEEL_SERVER=192.0.2.1:54",
            "EVENKEEL_SERVICE=udp [2001:db8:0:0:0:0:0:1]:53",
            "EVENKEEL_TEXT=why"),
        Files.readAllLines(log));
  }

  @Test
  void command_otherKind_isNotRun() {
    new NotifyCommand(command("touch", log.toString()), Set.of(Event.Kind.DRAINED))
        .onEvent(event(Event.Kind.SERVER_UP));

    assertFalse(Files.exists(log));
  }

  @Test
  void command_ofOneServer_isNotRunForOthers() throws Exception {
    NotifyCommand notify =
        new NotifyCommand(
            command("sh", "-c", "echo $EVENKEEL_SERVER >>" + log), NotifyIT::isOfTheFirst);
    notify.onEvent(downOf("192.0.2.2:80"));
    notify.onEvent(downOf("192.0.2.1:80"));

    assertEquals(List.of("192.0.2.1:80"), Files.readAllLines(log));
  }

  @Test
  void mail_ofOneServer_isNotSentForOthers() throws Exception {
    try (MailDrop drop = new MailDrop(folder).start()) {
      try (Mailer mailer = mailer(drop)) {
        MailNotifier notify = new MailNotifier(mailer, "lb-1", NotifyIT::isOfTheFirst);
        notify.onEvent(downOf("192.0.2.2:80"));
        notify.onEvent(downOf("192.0.2.1:80"));
      }
      List<String> mails = drop.mails();

      assertEquals(1, mails.size());
      assertTrue(mails.get(0).contains("[192.0.2.1]:tcp:80"), mails.get(0));
    }
  }

  @Test
  void command_hungThenHealthy_runsToItsEndWhenTheOneBeforeHasEnded() throws Exception {
    String script =
        "case $EVENKEEL_NOTIFY in RS*) trap '' TERM; (sleep 1000) & sleep 1000;; esac;"
            + " sleep 0.5; echo $EVENKEEL_NOTIFY >>"
            + log;
    NotifyCommand notify =
        new NotifyCommand(command("sh", "-c", script).timeout(Duration.ofSeconds(3)), TRANSITIONS);
    BlockingQueue<Event.Kind> others = new LinkedBlockingQueue<>();
    try (Director director =
        Director.builder()
            .service(service())
            .listener(notify)
            .listener(
                event -> {
                  if (TRANSITIONS.contains(event.kind())) {
                    others.add(event.kind());
                  }
                })
            .listenerTimeout(Duration.ofSeconds(1))
            .build()
            .start()) {
      Files.createFile(ill);

      assertEquals(Event.Kind.SERVER_DOWN, others.poll(30, TimeUnit.SECONDS));
      assertEquals(Event.Kind.SERVICE_DOWN, others.poll(30, TimeUnit.SECONDS));
      assertFalse(Files.exists(log));
      assertEquals(List.of("VS [127.0.0.1]:tcp:80 DOWN"), awaitLog(1));
    }
  }

  @Test
  void mail_serverDownAndUp_isSent() throws Exception {
    try (MailDrop drop = new MailDrop(folder).start();
        Mailer mailer = mailer(drop);
        Director director = director(new MailNotifier(mailer, "lb-1"))) {
      Files.createFile(ill);
      drop.awaitMails(2);
      Files.delete(ill);
      List<String> mails = drop.awaitMails(4);

      assertEquals(4, mails.size());
      // Long headers are folded.
      String all = String.join("\n", mails).replace("\n ", " ");
      for (String subject :
          List.of(
              "Realserver [127.0.0.1]:tcp:81 of virtual server [127.0.0.1]:tcp:80 - DOWN",
              "Virtualserver [127.0.0.1]:tcp:80 - DOWN",
              "Realserver [127.0.0.1]:tcp:81 of virtual server [127.0.0.1]:tcp:80 - UP",
              "Virtualserver [127.0.0.1]:tcp:80 - UP")) {
        assertTrue(all.contains("\nSubject: [lb-1] " + subject + "\n"), all);
      }
      assertTrue(all.contains("server 127.0.0.1:81 down: script: exit 1"), all);
    }
  }

  private static boolean isOfTheFirst(Event event) {
    return event.kind() == Event.Kind.SERVER_DOWN
        && Endpoint.parse("192.0.2.1:80").equals(event.server());
  }

  private static Event downOf(String server) {
    return new Event(
        Event.Kind.SERVER_DOWN,
        Instant.EPOCH,
        ServiceKey.tcp("192.0.2.9:80"),
        Endpoint.parse(server),
        "why");
  }

  private static Mailer mailer(MailDrop drop) {
    return new Mailer(
        MailServer.of("127.0.0.1", drop.port()),
        "lb@example.com",
        List.of("a@example.com"),
        MailPatience.DEFAULT);
  }

  private Director director(EventListener listener) {
    return Director.builder().service(service()).listener(listener).build().start();
  }

  private VirtualService service() {
    ScriptCheck check =
        new ScriptCheck(command("sh", "-c", "! test -e " + ill), ScriptCheck.Weights.NONE);
    return VirtualService.tcp("127.0.0.1:80")
        .realServer("127.0.0.1:81")
        .check(
            CheckSpec.of(check)
                .every(Duration.ofMillis(100), Duration.ofMillis(100))
                .timeout(Duration.ofSeconds(5))
                .counts(1, 1))
        .build();
  }

  private List<String> awaitLog(int lines) throws Exception {
    return Processes.await(
        () -> Files.exists(log) ? Files.readAllLines(log) : List.of(),
        found -> found.size() >= lines);
  }

  private static Event event(Event.Kind kind) {
    return new Event(kind, Instant.EPOCH, null, null, "");
  }

  private Command command(String... arguments) {
    return Command.of(arguments).withEnvironment(Map.of(Processes.VARIABLE, processes.id()));
  }
}

package io.evenkeel.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailerTest {
  private static final MailServer SERVER = MailServer.of("mail.example.com", 25);

  @Test
  void toString_login_showsNoPassword() {
    MailServer server = SERVER.withStartTls().withLogin("me", "hush");

    assertEquals("mail.example.com port 25 starttls login me", server.toString());
    assertEquals("me", String.valueOf(server.login()));
    try (Mailer mailer = new Mailer(server, "a@b", List.of("c@d", "e@f"), MailPatience.DEFAULT)) {
      assertEquals(
          "mail to c@d, e@f by mail.example.com port 25 starttls login me", mailer.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", "@b", "a@", "a b@c", "a@b\r\nBcc: x@y", "<a@b>", "a@b,c@d", "a@b c"})
  void new_notAnAddress_isRefused(String address) {
    String expected = ": " + address + " (expected: an address such as lb@example.com)";
    refused("from" + expected, () -> mailer(address, List.of("a@b")));
    refused("recipient" + expected, () -> mailer("a@b", List.of("c@d", address)));
  }

  @Test
  void new_outOfRange_isRefused() {
    refused("recipients: [] (expected: one or more)", () -> mailer("a@b", List.of()));
    refused("host: a b (expected: a name or an address)", () -> MailServer.of("a b", 25));
    refused("port: 0 (expected: 1..65535)", () -> MailServer.of("a", 0));
    refused(
        "timeout: PT0S (expected: 1 ms..1 hour)",
        () -> SERVER.timeouts(Duration.ofSeconds(1), Duration.ZERO));
    refused("maxWaiting: 0 (expected: 1..100000)", () -> patience(0, 1, 1000, 1000));
    refused("attempts: 0 (expected: 1..100)", () -> patience(1, 0, 1000, 1000));
    refused("firstPause: PT0.009S (expected: 10 ms..1 hour)", () -> patience(1, 1, 9, 1000));
    refused("longestPause: PT0.01S (expected: firstPause..1 day)", () -> patience(1, 1, 20, 10));
  }

  @Test
  void new_withoutTheLibrary_saysWhatToAdd() throws Exception {
    URL[] classPath =
        Pattern.compile(System.getProperty("path.separator"), Pattern.LITERAL)
            .splitAsStream(System.getProperty("java.class.path"))
            .filter(entry -> !entry.contains("angus-mail"))
            .map(MailerTest::url)
            .toArray(URL[]::new);
    try (URLClassLoader loader =
        new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
      Class<?> server = loader.loadClass(MailServer.class.getName());
      Class<?> patience = loader.loadClass(MailPatience.class.getName());
      Throwable thrown =
          assertThrows(
                  InvocationTargetException.class,
                  () ->
                      loader
                          .loadClass(Mailer.class.getName())
                          .getConstructor(server, String.class, List.class, patience)
                          .newInstance(
                              server.getMethod("of", String.class, int.class).invoke(null, "a", 25),
                              "a@b",
                              List.of("c@d"),
                              patience.getField("DEFAULT").get(null)))
              .getCause();

      assertEquals(IllegalStateException.class, thrown.getClass(), thrown.toString());
      assertEquals(
          "mail: org.eclipse.angus.mail.smtp.SMTPTransport is missing"
              + " (expected: org.eclipse.angus:angus-mail)",
          thrown.getMessage());
    }
  }

  private static URL url(String entry) {
    try {
      return Path.of(entry).toUri().toURL();
    } catch (java.net.MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static MailPatience patience(int waiting, int attempts, int first, int longest) {
    return new MailPatience(
        waiting, attempts, Duration.ofMillis(first), Duration.ofMillis(longest));
  }

  private static void mailer(String from, List<String> to) {
    new Mailer(SERVER, from, to, MailPatience.DEFAULT).close();
  }

  private static void refused(String message, Executable made) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, made).getMessage());
  }
}

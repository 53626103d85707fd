package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code evenkeel quickstart} as a process, its output going to a pipe. */
class QuickstartIT {
  @Test
  void quickstart_leftAlone_endsWellAndSaysWhatHappened() throws Exception {
    try (EvenkeelJar quickstart = EvenkeelJar.start("quickstart", "--seconds=7")) {
      assertEquals(0, quickstart.await(), () -> quickstart.out().toString());

      List<String> out = quickstart.out();
      assertEquals(List.of(), quickstart.err());
      assertMatches(
          out, " +\\d+\\.\\d s  A up 3\\d %, B up 3\\d %, C up 3\\d %, [0-9 ]+ requests, 0 failed");
      assertMatches(out, " +\\d+\\.\\d s  server B is killed");
      assertMatches(out, " +\\d+\\.\\d s  server B suspect: a connection failed");
      assertMatches(out, " +\\d+\\.\\d s  server B down: http: connection refused after 3 of 3");
      assertMatches(out, " +\\d+\\.\\d s  A up [45]\\d %, B down 0 %, C up [45]\\d %, .* failed");
      assertMatches(out, " +\\d+\\.\\d s  server B up: http: 200 after 2 of 2");
      assertMatches(out, "Server B was killed after \\d+\\.\\d s\\.");
      assertMatches(out, "\\d+ of [0-9 ]+ requests failed(\\.|, .*)");
      assertMatches(out, "It had its share back after .* m?s\\.");
      assertEquals("No connection was left at the end.", out.get(out.size() - 1));
      assertTrue(out.stream().noneMatch(line -> line.contains("\u001b")), out::toString);
    }
  }

  @Test
  void quickstart_sigterm_stopsEarlyAndSaysSo() throws Exception {
    try (EvenkeelJar quickstart = EvenkeelJar.start("quickstart")) {
      quickstart.awaitOut(line -> line.contains("requests"));

      quickstart.terminate();

      assertEquals(143, quickstart.await());
      assertEquals(List.of(), quickstart.err());
      List<String> out = quickstart.out();
      assertEquals("Stopped before the end.", out.get(out.size() - 1));
    }
  }

  private static void assertMatches(List<String> lines, String pattern) {
    assertTrue(
        lines.stream().anyMatch(line -> line.matches(pattern)),
        () -> "nothing matches " + pattern + " in\n" + String.join("\n", lines));
  }
}

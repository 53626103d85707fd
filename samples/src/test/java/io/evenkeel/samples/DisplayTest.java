package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.health.ServerState;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class DisplayTest {
  private static final String BLOCKS_8 = "########";

  private final StringWriter written = new StringWriter();
  private final PrintWriter out = new PrintWriter(written);

  @Test
  void table_lines_areAsWideAsTheyMayBe() {
    assertEquals(
        List.of(
            "",
            "  Evenkeel  7.3 s of 18 s",
            "",
            "  server              state    requests, last second          active    served",
            "  A  127.0.0.1:21001  up       ############              50 %      2     1 200",
            "  B  127.0.0.1:21002  suspect                             0 %      0       800",
            "  C  127.0.0.1:21003  down     "
                + BLOCKS_8
                + "                  33 %     12         5",
            "",
            "  2 007 requests, 2 failed, 480 a second",
            ""),
        new Table(18, '#', false).lines(frame(7.34)));
  }

  @Test
  void table_widest_fits() {
    Frame.Row row = new Frame.Row("A", "127.0.0.1:21001", ServerState.SUSPECT, 1, 12, 1_000_000);
    Frame frame = new Frame(3600, List.of(row), 1_000_000, 1_000_000, 500);

    for (String line : new Table(3600, '#', false).lines(frame)) {
      assertTrue(line.length() <= Table.WIDTH, line);
    }
  }

  @Test
  void table_colors_changeNothingElse() {
    List<String> colored = new Table(18, '#', true).lines(frame(1));

    assertEquals(
        new Table(18, '#', false).lines(frame(1)),
        colored.stream().map(line -> line.replaceAll("\u001b\\[[0-9]+m", "")).toList());
    assertTrue(colored.get(4).contains("\u001b[32mup\u001b[0m"), colored.get(4));
    assertTrue(colored.get(6).contains("\u001b[31mdown\u001b[0m"), colored.get(6));
  }

  @Test
  void plain_framesWithinOneSecond_areOneLine() {
    try (PlainDisplay display = new PlainDisplay(out)) {
      for (double seconds : new double[] {0.9, 1.05, 1.9, 2.0}) {
        display.show(frame(seconds));
      }
      display.event(2.5, "server B is killed");
    }

    String state = "A up 50 %, B suspect 0 %, C down 33 %, 2 007 requests, 2 failed";
    assertEquals(
        List.of("  1.1 s  " + state, "  2.0 s  " + state, "  2.5 s  server B is killed"),
        written.toString().lines().toList());
  }

  @Test
  void live_secondFrame_isDrawnOverTheFirst() {
    try (LiveDisplay display = new LiveDisplay(out, new Table(18, '#', false))) {
      display.show(frame(1));
      display.event(1.5, "server B is killed");
      written.getBuffer().setLength(0);

      display.show(frame(2));
    }

    String drawn = written.toString();
    assertTrue(drawn.startsWith("\u001b[10A\r"), drawn);
    assertTrue(drawn.contains("\r   1.5 s  server B is killed\u001b[K\n"), drawn);
    assertTrue(drawn.endsWith("\u001b[?25h"), drawn);
  }

  private static Frame frame(double seconds) {
    return new Frame(
        seconds,
        List.of(
            new Frame.Row("A", "127.0.0.1:21001", ServerState.UP, 0.5, 2, 1200),
            new Frame.Row("B", "127.0.0.1:21002", ServerState.SUSPECT, 0, 0, 800),
            new Frame.Row("C", "127.0.0.1:21003", ServerState.DOWN, 0.333, 12, 5)),
        2007,
        2,
        479.6);
  }
}

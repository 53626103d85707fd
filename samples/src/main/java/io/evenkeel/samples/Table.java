package io.evenkeel.samples;

import io.evenkeel.health.ServerState;
import java.util.ArrayList;
import java.util.List;

/**
 * A frame as lines of text, none longer than {@link #WIDTH}. Immutable.
 *
 * @param totalSeconds how long the whole takes
 * @param bar what bars are made of
 * @param colors whether to colour them (ECMA-48 SGR)
 */
record Table(int totalSeconds, char bar, boolean colors) {
  static final int WIDTH = 79;

  private static final int BAR_WIDTH = 24;
  private static final String ROW = "  %-20s%-9s%-" + (BAR_WIDTH + 1) + "s%5s%7s%10s";

  private static final String BOLD = "1";
  private static final String DIM = "2";
  private static final String RED = "31";
  private static final String GREEN = "32";
  private static final String YELLOW = "33";

  List<String> lines(Frame frame) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        "  "
            + paint(BOLD, "Evenkeel")
            + "  "
            + Words.seconds(frame.seconds())
            + " of "
            + totalSeconds
            + " s");
    lines.add("");
    lines.add(
        paint(
            DIM,
            ROW.formatted("server", "state", "requests, last second", "", "active", "served")));
    frame.servers().forEach(server -> lines.add(row(server)));
    lines.add("");
    lines.add(
        "  %s requests, %s failed, %s a second"
            .formatted(
                Words.count(frame.requests()),
                Words.count(frame.failed()),
                Words.count(Math.round(frame.perSecond()))));
    lines.add("");
    return lines;
  }

  private String row(Frame.Row server) {
    String color = color(server.state());
    String line =
        ROW.formatted(
            server.name() + "  " + server.address(),
            server.state(),
            bar(server.share()),
            Words.percent(server.share()),
            server.active(),
            Words.count(server.answered()));
    String state = server.state().toString();
    int at = 2 + 20;
    String end = line.substring(at + state.length());
    int barAt = 9 - state.length();
    return line.substring(0, at)
        + paint(color, state)
        + end.substring(0, barAt)
        + paint(color, end.substring(barAt, barAt + BAR_WIDTH))
        + end.substring(barAt + BAR_WIDTH);
  }

  private String bar(double share) {
    return String.valueOf(bar).repeat((int) Math.round(share * BAR_WIDTH));
  }

  private static String color(ServerState state) {
    return switch (state) {
      case UP -> GREEN;
      case SUSPECT -> YELLOW;
      case DOWN -> RED;
    };
  }

  private String paint(String color, String text) {
    return colors ? "\u001b[" + color + "m" + text + "\u001b[0m" : text;
  }
}

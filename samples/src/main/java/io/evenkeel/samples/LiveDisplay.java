package io.evenkeel.samples;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** A table that is drawn again in its place, and under it what happened (ECMA-48). */
final class LiveDisplay implements Display {
  private static final String ESC = "\u001b[";

  /** No cursor, and what is longer than a line is cut. */
  private static final String BEGIN = ESC + "?25l" + ESC + "?7l";

  private static final String END = ESC + "?7h" + ESC + "?25h";
  private static final String ERASE_TO_LINE_END = ESC + "K";

  private final PrintWriter out;
  private final Table table;
  private final List<String> events = new ArrayList<>();
  private int linesDrawn;

  LiveDisplay(PrintWriter out, Table table) {
    this.out = out;
    this.table = table;
    out.print(BEGIN);
    out.flush();
  }

  @Override
  public void show(Frame frame) {
    List<String> lines = new ArrayList<>(table.lines(frame));
    lines.addAll(events);
    StringBuilder drawing = new StringBuilder();
    if (linesDrawn > 0) {
      drawing.append(ESC).append(linesDrawn).append('A');
    }
    for (String line : lines) {
      drawing.append('\r').append(line).append(ERASE_TO_LINE_END).append('\n');
    }
    out.print(drawing);
    out.flush();
    linesDrawn = lines.size();
  }

  @Override
  public void event(double seconds, String text) {
    String line = String.format("%8s  %s", Words.seconds(seconds), text);
    events.add(line.length() > Table.WIDTH ? line.substring(0, Table.WIDTH) : line);
  }

  @Override
  public void close() {
    out.print(END);
    out.flush();
  }
}

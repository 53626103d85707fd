package io.evenkeel.samples;

import java.io.PrintWriter;

/** A line about once a second, for a file or a pipe. */
final class PlainDisplay implements Display {
  private final PrintWriter out;
  private double nextSeconds = 1;

  PlainDisplay(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void show(Frame frame) {
    if (frame.seconds() >= nextSeconds) {
      out.println(line(frame));
      out.flush();
      nextSeconds = Math.floor(frame.seconds()) + 1;
    }
  }

  @Override
  public void event(double seconds, String text) {
    out.println(time(seconds) + text);
    out.flush();
  }

  @Override
  public void close() {}

  private static String line(Frame frame) {
    StringBuilder line = new StringBuilder(time(frame.seconds()));
    for (Frame.Row server : frame.servers()) {
      line.append(server.name())
          .append(' ')
          .append(server.state())
          .append(' ')
          .append(Words.percent(server.share()))
          .append(", ");
    }
    return line.append(Words.count(frame.requests()))
        .append(" requests, ")
        .append(Words.count(frame.failed()))
        .append(" failed")
        .toString();
  }

  private static String time(double seconds) {
    return String.format("%7s  ", Words.seconds(seconds));
  }
}

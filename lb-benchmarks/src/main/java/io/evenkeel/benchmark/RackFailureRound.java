package io.evenkeel.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What {@link RackFailure} saw of one death of a rack. Times are milliseconds from the kill, or
 * from when the servers were started again; processor time is processors.
 *
 * @param lastDispatchMillis until the dispatcher in process chose a dead server last; 0: it never
 *     did
 * @param deadDispatches how often it did
 * @param lastAttemptMillis until the proxy tried to connect to a dead server last; 0: it never did
 * @param deadAttempts how often it did
 * @param connections that clients began
 * @param failed of which got no answer though they could have: all attempts of the proxy met dead
 *     servers
 * @param cut of which got no answer because their server was killed under them
 * @param outMillis until all dead servers were suspect or down
 * @param downMillis until all were down
 * @param processors that the director's process took before the kill
 * @param peakProcessors the same in its worst second after the kill
 * @param upMillis until all were up again
 */
record RackFailureRound(
    double lastDispatchMillis,
    long deadDispatches,
    double lastAttemptMillis,
    long deadAttempts,
    long connections,
    long failed,
    long cut,
    double outMillis,
    double downMillis,
    double processors,
    double peakProcessors,
    double upMillis) {

  private record Row(String name, ToDoubleFunction<RackFailureRound> value, String format) {}

  private static final List<Row> ROWS =
      List.of(
          new Row("last dispatch to a dead server (ms)", r -> r.lastDispatchMillis, "%.0f"),
          new Row("dispatches to dead servers", r -> r.deadDispatches, "%.0f"),
          new Row(
              "last connect of the proxy to a dead server (ms)", r -> r.lastAttemptMillis, "%.0f"),
          new Row("connects of the proxy to dead servers", r -> r.deadAttempts, "%.0f"),
          new Row("client connections", r -> r.connections, "%.0f"),
          new Row("of which failed", r -> r.failed, "%.0f"),
          new Row("of which were open at the kill", r -> r.cut, "%.0f"),
          new Row("all dead servers suspect or down (ms)", r -> r.outMillis, "%.0f"),
          new Row("all dead servers down (ms)", r -> r.downMillis, "%.0f"),
          new Row("processors before the kill", r -> r.processors, "%.2f"),
          new Row("processors in the worst second after it", r -> r.peakProcessors, "%.2f"),
          new Row("all up again after their start (ms)", r -> r.upMillis, "%.0f"));

  /** A table in Markdown: the median and the worst of each figure. */
  static String table(List<RackFailureRound> rounds) {
    StringBuilder table = new StringBuilder("| | median | worst |\n| --- | ---: | ---: |\n");
    for (Row row : ROWS) {
      double[] sorted = rounds.stream().mapToDouble(row.value).sorted().toArray();
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | " + row.format + " | " + row.format + " |%n",
              row.name,
              sorted[sorted.length / 2],
              sorted[sorted.length - 1]));
    }
    return table.toString();
  }
}

package io.evenkeel.benchmark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One result of JMH.
 *
 * @param round which time it was measured
 * @param run what was measured together
 * @param name whose it is and what it does, such as "Armeria sticky"
 * @param method of the benchmark
 * @param servers how many it chose from
 * @param threads how many chose at a time
 * @param nanos what a call took
 * @param bytes what a call allocated; NaN if that was not measured
 */
record Measurement(
    int round,
    String run,
    String name,
    String method,
    int servers,
    int threads,
    double nanos,
    double bytes) {
  private static final String BYTES = ":gc.alloc.rate.norm";

  /** What JMH wrote with {@code -rf csv}. */
  static List<Measurement> parse(int round, String run, List<String> lines) {
    List<Map<String, String>> rows = rows(lines);
    Map<Map<String, String>, Double> bytes = new HashMap<>();
    for (Map<String, String> row : rows) {
      String benchmark = value(row, "Benchmark");
      if (benchmark.endsWith(BYTES)) {
        bytes.put(
            key(row, benchmark.substring(0, benchmark.length() - BYTES.length())),
            Double.valueOf(value(row, "Score")));
      }
    }
    List<Measurement> measurements = new ArrayList<>();
    for (Map<String, String> row : rows) {
      String benchmark = value(row, "Benchmark");
      if (benchmark.indexOf(':') < 0) {
        int dot = benchmark.lastIndexOf('.');
        String whose =
            benchmark
                .substring(benchmark.lastIndexOf('.', dot - 1) + 1, dot)
                .replace("Benchmark", "");
        String method = benchmark.substring(dot + 1);
        measurements.add(
            new Measurement(
                round,
                run,
                name(whose, method, row),
                method,
                Integer.parseInt(value(row, "Param: servers")),
                Integer.parseInt(value(row, "Threads")),
                Double.parseDouble(value(row, "Score")),
                bytes.getOrDefault(key(row, benchmark), Double.NaN)));
      }
    }
    return measurements;
  }

  private static String name(String whose, String method, Map<String, String> row) {
    return switch (whose) {
      case "Dispatch" -> "Evenkeel " + value(row, "Param: scheduler") + weights(row);
      case "Baseline" -> whose + " " + method;
      default -> whose + " " + value(row, "Param: policy");
    };
  }

  private static String weights(Map<String, String> row) {
    String most = value(row, "Param: weights");
    return most.equals("1") ? "" : ", weights 1 to " + most;
  }

  /** What a result and its secondary ones have in common. */
  private static Map<String, String> key(Map<String, String> row, String benchmark) {
    Map<String, String> key = new HashMap<>();
    row.forEach(
        (column, value) -> {
          if (column.equals("Threads") || column.startsWith("Param: ")) {
            key.put(column, value);
          }
        });
    key.put("Benchmark", benchmark);
    return key;
  }

  /** By the names in the first line. No name and no value has a comma in it. */
  private static List<Map<String, String>> rows(List<String> lines) {
    if (lines.isEmpty()) {
      throw new IllegalArgumentException("a file of results is empty: JMH was ended early");
    }
    String[] columns = lines.get(0).split(",", -1);
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] values = line.split(",", -1);
      Map<String, String> row = new HashMap<>();
      for (int i = 0; i < columns.length; i++) {
        row.put(unquoted(columns[i]), unquoted(values[i]));
      }
      rows.add(row);
    }
    return rows;
  }

  private static String unquoted(String text) {
    return text.replace("\"", "");
  }

  private static String value(Map<String, String> row, String column) {
    String value = row.get(column);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(column + " missing in " + row);
    }
    return value;
  }
}

package io.evenkeel.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Makes the tables of docs/performance.md, "Beside other load balancers", of what {@code
 * lb-benchmarks/rivals/run} has measured: for each kind of choice Evenkeel's schedulers, and after
 * them the others'. Figures are only compared with others of the same run.
 */
public final class RivalTable {

  /** Choices that are compared with each other; ours with equal weights unless it says others. */
  private record Kind(String title, List<String> ours, List<String> others) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              "Round robin",
              List.of("rr"),
              List.of(
                  "Baseline atomicInteger",
                  "SpringCloud RoundRobin",
                  "Armeria roundRobin",
                  "Grpc round_robin",
                  "Vertx ROUND_ROBIN",
                  "Finagle roundRobin",
                  "Ribbon RoundRobinRule",
                  "Stork round-robin",
                  "ServiceTalk roundRobin")),
          new Kind(
              "Weighted",
              List.of("wrr, weights 1 to 8", "swrr, weights 1 to 8", "random, weights 1 to 8"),
              List.of(
                  "Armeria weightedRoundRobin", "Armeria rampingUp", "Grpc weighted_round_robin")),
          new Kind(
              "By chance",
              List.of("random"),
              List.of(
                  "Baseline threadLocalRandom",
                  "SpringCloud Random",
                  "Vertx RANDOM",
                  "Ribbon RandomRule")),
          new Kind(
              "Least loaded",
              List.of("lc", "wlc"),
              List.of(
                  "Vertx LEAST_REQUESTS",
                  "Finagle heap",
                  "Ribbon BestAvailableRule",
                  "Stork least-requests")),
          new Kind(
              "Two choices",
              List.of("p2c"),
              List.of(
                  "Grpc least_request_experimental",
                  "Vertx POWER_OF_TWO_CHOICES",
                  "Finagle p2c",
                  "Stork power-of-two-choices",
                  "ServiceTalk p2c")),
          new Kind(
              "By latency",
              List.of("ewma"),
              List.of(
                  "Finagle p2cPeakEwma",
                  "Ribbon WeightedResponseTimeRule",
                  "Stork least-response-time")),
          new Kind(
              "Hash",
              List.of("sh", "mh", "ring", "maglev"),
              List.of(
                  "Baseline ring",
                  "Guava consistentHash",
                  "Armeria sticky",
                  "Vertx CONSISTENT_HASHING")));

  private static final String OURS = "Evenkeel ";
  private static final String CHOICE = "select";
  private static final String CLAIM = "dispatchAndRelease";

  /** Finagle's: it cannot choose without counting in and out. */
  private static final String CHOICE_AND_END = "takeAndGiveBack";

  /** A line of a table, in one run; and the same in each other run. */
  private record Line(String run, String name, String method) {
    boolean isOurs() {
      return name.startsWith(OURS);
    }

    boolean isBaseline() {
      return name.startsWith("Baseline ");
    }

    boolean alsoClaims() {
      return method.equals(CLAIM) || method.equals(CHOICE_AND_END);
    }

    String label() {
      return switch (method) {
        case CLAIM -> name + ", dispatch and release";
        case CHOICE_AND_END -> name + ", choice and end";
        default -> name;
      };
    }
  }

  private record Cell(int servers, int threads) {}

  private final List<Measurement> measurements;
  private final StringBuilder text = new StringBuilder();

  private RivalTable(List<Measurement> measurements) {
    this.measurements = measurements;
  }

  /**
   * Prints the tables.
   *
   * @param args files of JMH, in its form csv, by the name of {@code ROUND-RUN-THREADS.csv}
   * @throws IOException if one cannot be read
   */
  public static void main(String[] args) throws IOException {
    try {
      List<Measurement> read = new ArrayList<>();
      for (String arg : args) {
        Path file = Path.of(arg);
        String[] name = String.valueOf(file.getFileName()).split("-", -1);
        read.addAll(
            Measurement.parse(Integer.parseInt(name[0]), name[1], Files.readAllLines(file)));
      }
      System.out.print(of(read));
    } catch (IllegalArgumentException e) {
      System.err.println("no tables: " + e.getMessage());
      System.exit(1);
    }
  }

  /** The tables, and below each of them where another is faster. */
  static String of(List<Measurement> measurements) {
    RivalTable table = new RivalTable(measurements);
    Set<String> unknown = new TreeSet<>();
    measurements.stream()
        .map(Measurement::name)
        .filter(name -> !name.startsWith(OURS))
        .forEach(unknown::add);
    for (Kind kind : KINDS) {
      kind.others.forEach(unknown::remove);
      table.add(kind);
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("in no table: " + unknown);
    }
    return table.text.toString();
  }

  private void add(Kind kind) {
    List<Line> lines = lines(kind);
    if (lines.isEmpty()) {
      return;
    }
    Integer[] sizes = distinct(Measurement::servers);
    Integer[] threads = distinct(Measurement::threads);
    line("### %s", kind.title);
    line("");
    StringBuilder head = new StringBuilder();
    for (int size : sizes) {
      head.append(String.format(Locale.ROOT, " n=%,d |", size).replace(',', ' '));
    }
    line("| ns, %s |%s B/op |", threadsText(threads), head);
    line("|---|%s", "---|".repeat(sizes.length + 1));
    List<String> faster = new ArrayList<>();
    for (Line line : lines) {
      StringBuilder cells = new StringBuilder();
      for (int size : sizes) {
        List<String> values = new ArrayList<>();
        for (int count : threads) {
          Cell cell = new Cell(size, count);
          String value = nanos(median(line, cell, Measurement::nanos));
          List<String> slower = slower(kind, line, cell);
          values.add(slower.isEmpty() ? value : "**" + value + "**");
          slower.forEach(
              ours ->
                  faster.add(
                      String.format(
                          Locale.ROOT,
                          "%s, n=%d, %d thread%s: %s beside %s",
                          line.label(),
                          size,
                          count,
                          count == 1 ? "" : "s",
                          value,
                          ours)));
        }
        cells.append(" ").append(String.join(" / ", values)).append(" |");
      }
      line("| %s |%s %s |", label(lines, line), cells, bytes(line));
    }
    line("");
    if (faster.isEmpty()) {
      line("None is faster.");
    } else {
      line("Faster than ours, in bold:");
      line("");
      faster.forEach(text -> line("- %s", text));
    }
    line("");
  }

  /** Ours and the others, for each run that has any of the others but the baselines. */
  private List<Line> lines(Kind kind) {
    List<Line> lines = new ArrayList<>();
    for (String run : measurements.stream().map(Measurement::run).distinct().toList()) {
      List<Line> others = lines(run, kind.others);
      if (others.stream().allMatch(Line::isBaseline)) {
        continue;
      }
      boolean anyClaims = others.stream().anyMatch(Line::alsoClaims);
      lines(run, kind.ours.stream().map(scheduler -> OURS + scheduler).toList()).stream()
          .filter(line -> anyClaims || !line.alsoClaims())
          .forEach(lines::add);
      lines.addAll(others);
    }
    return lines;
  }

  private List<Line> lines(String run, List<String> names) {
    return names.stream()
        .flatMap(
            name ->
                measurements.stream()
                    .filter(m -> m.run().equals(run) && m.name().equals(name))
                    .map(m -> new Line(run, name, m.method())))
        .distinct()
        .toList();
  }

  /**
   * Ours that took longer. Who also claims is compared with our choice and with our whole claim,
   * who only chooses with our choice.
   */
  private List<String> slower(Kind kind, Line rival, Cell cell) {
    if (rival.isOurs() || rival.isBaseline()) {
      return List.of();
    }
    List<String> methods = rival.alsoClaims() ? List.of(CHOICE, CLAIM) : List.of(CHOICE);
    return kind.ours.stream()
        .flatMap(ours -> methods.stream().map(method -> new Line(rival.run, OURS + ours, method)))
        .filter(line -> isFaster(rival, line, cell))
        .map(line -> line.label() + ": " + nanos(median(line, cell, Measurement::nanos)))
        .toList();
  }

  /** In the middle of the ratios of all rounds, since the machine's speed changes between them. */
  private boolean isFaster(Line rival, Line ours, Cell cell) {
    return median(
            values(rival, cell).stream()
                .mapToDouble(m -> m.nanos() / beside(m, ours, cell))
                .toArray())
        < 1;
  }

  /** Of the same round. Without it nobody can be called slower or faster. */
  private double beside(Measurement rival, Line ours, Cell cell) {
    return values(ours, cell).stream()
        .filter(m -> m.round() == rival.round())
        .mapToDouble(Measurement::nanos)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(
                        Locale.ROOT,
                        "round %d of run %s lacks %s, n=%d, threads %d, beside %s: "
                            + "measure DispatchBenchmark with it",
                        rival.round(),
                        ours.run,
                        ours.label(),
                        cell.servers,
                        cell.threads,
                        rival.name())));
  }

  private List<Measurement> values(Line line, Cell cell) {
    return measurements.stream()
        .filter(m -> m.run().equals(line.run) && m.name().equals(line.name))
        .filter(m -> m.method().equals(line.method))
        .filter(m -> m.servers() == cell.servers && m.threads() == cell.threads)
        .toList();
  }

  private double median(Line line, Cell cell, ToDoubleFunction<Measurement> value) {
    return median(values(line, cell).stream().mapToDouble(value).toArray());
  }

  /** NaN if there are none. */
  private static double median(double[] values) {
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length == 0
        ? Double.NaN
        : values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }

  private Integer[] distinct(Function<Measurement, Integer> value) {
    return measurements.stream().map(value).distinct().sorted().toArray(Integer[]::new);
  }

  private static String threadsText(Integer[] threads) {
    List<String> texts = new ArrayList<>();
    for (int count : threads) {
      texts.add(count == 1 ? "1 thread" : count + " threads");
    }
    return String.join(" / ", texts);
  }

  /** Says beside whom it ran, if ours is there more than once. */
  private static String label(List<Line> lines, Line line) {
    boolean more =
        lines.stream().anyMatch(l -> l.label().equals(line.label()) && !l.run.equals(line.run));
    return line.label() + (more ? " (run: " + line.run + ")" : "");
  }

  private String bytes(Line line) {
    double[] all =
        measurements.stream()
            .filter(m -> m.run().equals(line.run) && m.name().equals(line.name))
            .filter(m -> m.method().equals(line.method))
            .mapToDouble(Measurement::bytes)
            .sorted()
            .toArray();
    if (Double.isNaN(all[all.length - 1])) {
      return "–";
    }
    long least = Math.round(all[0]);
    long most = Math.round(all[all.length - 1]);
    return least == most ? String.valueOf(least) : least + " to " + most;
  }

  private static String nanos(double value) {
    if (Double.isNaN(value)) {
      return "not measured";
    }
    return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
  }

  private void line(String format, Object... args) {
    text.append(String.format(Locale.ROOT, format, args)).append('\n');
  }
}

package io.evenkeel.benchmark;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import io.evenkeel.schedule.Scheduler;
import io.evenkeel.schedule.Schedulers;
import io.evenkeel.schedule.Selector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Draws how evenly each scheduler loads unequal servers: the real schedulers, on the same requests,
 * in simulated time. {@code main} writes the picture to the file that it is given.
 *
 * <p>Eight servers of weights 1, 1, 2, 2, 4, 4, 8, 8, the last of each pair being half as fast as
 * its weight says. Clients and what they ask for follow a Zipf distribution: a few come very often.
 * Requests last 10 ms on average, exponentially distributed, and twice as long on a slow server; 20
 * are under way at a time if all servers were fast.
 */
public final class LoadPicture {
  private static final int[] WEIGHTS = {1, 1, 2, 2, 4, 4, 8, 8};
  private static final int REQUESTS = 50_000;
  private static final double MEAN_NANOS = 10e6;
  private static final double UNDER_WAY = 20;
  private static final int CLIENTS = 1000;
  private static final int COLUMNS = 4;
  private static final int CELL_WIDTH = 190;
  private static final int CELL_HEIGHT = 120;
  private static final int BAR_WIDTH = 18;
  private static final int BAR_HEIGHT = 80;

  /** Connections for each unit of weight at the top of a bar. */
  private static final double TOP = 6;

  private LoadPicture() {}

  /** What a scheduler made of a server: connections for each unit of weight. */
  record Load(double mean, double p99) {}

  private record Request(long endNanos, int server, Assignment assignment)
      implements Comparable<Request> {
    @Override
    public int compareTo(Request other) {
      return Long.compare(endNanos, other.endNanos);
    }
  }

  /**
   * Writes the picture.
   *
   * @param args the file
   * @throws IOException if it cannot be written
   */
  public static void main(String[] args) throws IOException {
    Files.writeString(Path.of(args[0]), draw());
  }

  /** The picture as SVG; always the same. */
  static String draw() {
    List<String> names = List.copyOf(Schedulers.names());
    int rows = (names.size() + COLUMNS - 1) / COLUMNS;
    StringBuilder svg = new StringBuilder();
    line(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
            + "font-family=\"sans-serif\" font-size=\"11\">",
        COLUMNS * CELL_WIDTH,
        rows * CELL_HEIGHT);
    for (int i = 0; i < names.size(); i++) {
      cell(svg, names.get(i), i % COLUMNS * CELL_WIDTH, i / COLUMNS * CELL_HEIGHT);
    }
    line(svg, "</svg>");
    return svg.toString();
  }

  private static void cell(StringBuilder svg, String name, int left, int top) {
    Load[] loads = run(name);
    int bottom = top + 20 + BAR_HEIGHT;
    line(svg, "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>", left + 10, top + 14, name);
    for (int i = 0; i < loads.length; i++) {
      int x = left + 10 + i * (BAR_WIDTH + 3);
      int mean = height(loads[i].mean);
      int p99 = height(loads[i].p99);
      line(
          svg,
          "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>",
          x,
          bottom - mean,
          BAR_WIDTH,
          mean,
          i % 2 == 0 ? "#4a7ebb" : "#c0504d");
      line(svg, "<path d=\"M%d %dh%d\" stroke=\"black\"/>", x, bottom - p99, BAR_WIDTH);
      line(svg, "<text x=\"%d\" y=\"%d\" fill=\"#555\">%d</text>", x + 6, bottom + 12, WEIGHTS[i]);
    }
  }

  private static int height(double load) {
    return (int) Math.round(Math.min(load / TOP, 1) * BAR_HEIGHT);
  }

  /** Connections for each unit of weight, of each server. */
  static Load[] run(String name) {
    Destination[] cells = new Destination[WEIGHTS.length];
    Map<Destination, Integer> weights = new LinkedHashMap<>();
    for (int i = 0; i < cells.length; i++) {
      cells[i] =
          new Destination(
              ServiceKey.tcp("v:80"),
              Endpoint.parse("s" + i + ":80"),
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 80),
              suspended -> {});
      weights.put(cells[i], WEIGHTS[i]);
    }
    Selector selector = scheduler(name).selector(Destinations.empty().with(weights), null);
    selector.begin();
    return simulate(selector, cells);
  }

  /** By its name; who draws lots, from the same seed each time. */
  private static Scheduler scheduler(String name) {
    SplittableRandom random = new SplittableRandom(Pool.SEED);
    return switch (name) {
      case "random" -> Schedulers.weightedRandom(random::nextInt);
      case "p2c" -> Schedulers.powerOfTwoChoices(random::nextInt);
      case "twos" -> Schedulers.powerOfTwoKernelChoices(random::nextInt);
      default -> Schedulers.named(name).orElseThrow();
    };
  }

  private static Load[] simulate(Selector selector, Destination[] cells) {
    SplittableRandom random = new SplittableRandom(Pool.SEED);
    PriorityQueue<Request> open = new PriorityQueue<>();
    List<double[]> samples = new ArrayList<>();
    Flow flow = new Flow(0);
    long now = 0;
    for (int i = 0; i < REQUESTS; i++) {
      now += (long) exponential(random, MEAN_NANOS / UNDER_WAY);
      for (Request first = open.peek(); first != null && first.endNanos <= now; ) {
        Request ended = open.remove();
        ended.assignment.answered(ended.endNanos);
        ended.assignment.release(Outcome.SUCCESS);
        first = open.peek();
      }
      flow.client(0, 0xffff_0a00_0000L | zipf(random), 1024 + random.nextInt(60_000))
          .destination(0, 0xffff_0b00_0000L | zipf(random), 80);
      double nanos = exponential(random, MEAN_NANOS);
      @Nullable Destination chosen = selector.select(flow, now);
      if (chosen != null) {
        int server = Arrays.asList(cells).indexOf(chosen);
        Assignment assignment = new Assignment();
        assignment.assign(chosen, now);
        assignment.established();
        open.add(
            new Request(now + (long) (server % 2 == 0 ? nanos : 2 * nanos), server, assignment));
      }
      samples.add(
          Arrays.stream(cells)
              .mapToDouble(c -> c.active() / (double) WEIGHTS[Arrays.asList(cells).indexOf(c)])
              .toArray());
    }
    return summary(samples);
  }

  private static Load[] summary(List<double[]> samples) {
    Load[] loads = new Load[WEIGHTS.length];
    for (int i = 0; i < loads.length; i++) {
      int server = i;
      double[] sorted = samples.stream().mapToDouble(s -> s[server]).sorted().toArray();
      loads[i] =
          new Load(Arrays.stream(sorted).average().orElse(0), sorted[sorted.length * 99 / 100]);
    }
    return loads;
  }

  private static double exponential(SplittableRandom random, double mean) {
    return -mean * StrictMath.log(1 - random.nextDouble());
  }

  private static int zipf(SplittableRandom random) {
    return (int) StrictMath.pow(CLIENTS, random.nextDouble());
  }

  private static void line(StringBuilder svg, String format, Object... args) {
    svg.append(String.format(Locale.ROOT, format, args)).append('\n');
  }
}

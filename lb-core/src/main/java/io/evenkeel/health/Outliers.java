package io.evenkeel.health;

import io.evenkeel.model.OutlierSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which servers of one service stand out by how their connections go, and are ejected. Pure: what
 * is held of a server goes in, and what is held of it from now on comes out. Whatever happens, no
 * more servers are ejected afterwards than the share allows. Servers that would not get new clients
 * if they were not ejected are not among those of which it is a share: each must leave others.
 *
 * <p>Success rates are judged as in Envoy (source/common/upstream/outlier_detection_impl.cc).
 *
 * @param spec who stands out, and what follows
 */
public record Outliers(OutlierSpec spec) {

  /**
   * What became of one server's connections in an interval.
   *
   * @param successes how many ended well
   * @param failures how many ended badly
   * @param answers how many answers were awaited
   * @param latencyNanos for how long, all together
   */
  public record Sample(long successes, long failures, long answers, long latencyNanos) {
    private long results() {
      return successes + failures;
    }

    private double rate() {
      return 100.0 * successes / results();
    }

    private double meanNanos() {
      return (double) latencyNanos / answers;
    }
  }

  /**
   * After a failure.
   *
   * @param before what is held of the server
   * @param failuresInARow of it, 0 or more
   * @param servers of the service that are fit, this one included
   * @param ejected how many of them are
   * @param nowNanos monotonic time
   * @return the same if nothing changes
   */
  public Ejection failed(
      Ejection before, int failuresInARow, int servers, int ejected, long nowNanos) {
    int limit = spec.consecutiveFailures();
    if (before.ejected() || limit == 0 || failuresInARow < limit) {
      return before;
    }
    String why = failuresInARow + " failures in a row";
    return ejected < spec.most(servers)
        ? ejected(before, why, nowNanos)
        : refused(before, why, servers, ejected);
  }

  /**
   * With something else against the server, which says itself for how long it is out: its time does
   * not grow.
   *
   * @param before what is held of the server
   * @param why in words
   * @param forNanos how long
   * @param servers of the service that are fit, this one included
   * @param ejected how many of them are
   * @param nowNanos monotonic time
   * @return the same if it is ejected already
   */
  public Ejection eject(
      Ejection before, String why, long forNanos, int servers, int ejected, long nowNanos) {
    if (before.ejected()) {
      return before;
    }
    return ejected < spec.most(servers)
        ? new Ejection(true, why, nowNanos, nowNanos + forNanos, before.times())
        : refused(before, why, servers, ejected);
  }

  /**
   * After a check that passed.
   *
   * @param before what is held of the server
   * @param nowNanos monotonic time
   * @return the same if nothing changes
   */
  public Ejection checkPassed(Ejection before, long nowNanos) {
    return before.ejected() && spec.endedByCheck() ? before.end("check passed", nowNanos) : before;
  }

  /**
   * Ends what is over.
   *
   * @param before what is held of a server
   * @param nowNanos monotonic time
   * @return the same if nothing changes
   */
  public Ejection endInTime(Ejection before, long nowNanos) {
    return before.ejected() && nowNanos - before.untilNanos() >= 0
        ? before.end("ejection is over", nowNanos)
        : before;
  }

  /**
   * Ends what is too much because fewer servers are fit than before: who was ejected first, comes
   * back first.
   *
   * @param before what is held of each server of the service that is fit
   * @param nowNanos monotonic time
   * @return what is held of each from now on, in the same order
   */
  public List<Ejection> endTooMany(List<Ejection> before, long nowNanos) {
    List<Ejection> after = new ArrayList<>(before);
    int tooMany = ejected(after) - spec.most(after.size());
    if (tooMany > 0) {
      String why = "too many are ejected (expected: at most " + spec.most(after.size()) + ")";
      IntStream.range(0, after.size())
          .filter(i -> after.get(i).ejected())
          .boxed()
          .sorted(Comparator.comparingLong(i -> after.get(i).sinceNanos() - nowNanos))
          .limit(tooMany)
          .forEach(i -> after.set(i, after.get(i).end(why, nowNanos)));
    }
    return after;
  }

  /**
   * At the end of an interval. Who is ejected is not judged, and nobody is judged by it. If there
   * is not room for all who stand out, the worst are ejected.
   *
   * @param before what is held of each server of the service that is fit, after {@link #endTooMany}
   * @param samples of each, in the same order
   * @param nowNanos monotonic time
   * @return what is held of each from now on, in the same order
   */
  public List<Ejection> judge(List<Ejection> before, List<Sample> samples, long nowNanos) {
    List<Ejection> after = new ArrayList<>(before);
    after.replaceAll(
        held ->
            !held.ejected()
                    && held.times() > 0
                    && nowNanos - held.sinceNanos() >= spec.interval().toNanos()
                ? held.times(held.times() - 1)
                : held);
    judgeRates(after, samples, nowNanos);
    judgeLatencies(after, samples, nowNanos);
    return after;
  }

  private void judgeRates(List<Ejection> held, List<Sample> samples, long nowNanos) {
    OutlierSpec.SuccessRate how = spec.successRate();
    if (how == null) {
      return;
    }
    List<Integer> judged =
        IntStream.range(0, held.size())
            .filter(i -> !held.get(i).ejected())
            .filter(i -> samples.get(i).results() >= how.minimumResults())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> samples.get(i).rate()))
            .toList();
    if (judged.size() < how.minimumServers()) {
      return;
    }
    double mean = judged.stream().mapToDouble(i -> samples.get(i).rate()).average().orElseThrow();
    double variance =
        judged.stream()
            .mapToDouble(i -> Math.pow(samples.get(i).rate() - mean, 2))
            .average()
            .orElseThrow();
    double bound = mean - how.factor() * Math.sqrt(variance);
    for (int i : judged) {
      double rate = samples.get(i).rate();
      if (rate >= bound) {
        return;
      }
      String why = format("success rate %.1f %% (expected: %.1f %% or more)", rate, bound);
      ejectOrRefuse(held, i, why, nowNanos);
    }
  }

  private void judgeLatencies(List<Ejection> held, List<Sample> samples, long nowNanos) {
    OutlierSpec.Latency how = spec.latency();
    if (how == null) {
      return;
    }
    List<Integer> judged =
        IntStream.range(0, held.size())
            .filter(i -> !held.get(i).ejected())
            .filter(i -> samples.get(i).answers() >= how.minimumAnswers())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -samples.get(i).meanNanos()))
            .toList();
    double[] means = judged.stream().mapToDouble(i -> samples.get(i).meanNanos()).toArray();
    for (int rank = 0; rank < means.length && means.length > 1; rank++) {
      double times = how.factor() * medianWithout(means, rank);
      double bound = Math.max(times, (double) how.least().toNanos());
      if (means[rank] > bound) {
        String why =
            "latency "
                + millis(means[rank])
                + " (expected: at most "
                + millis(bound)
                + (bound == times ? ", " + number(how.factor()) + " x the median)" : ")");
        ejectOrRefuse(held, judged.get(rank), why, nowNanos);
      }
    }
  }

  /** Of all others. */
  private static double medianWithout(double[] sorted, int index) {
    int others = sorted.length - 1;
    int low = (others - 1) / 2;
    int high = others / 2;
    return (sorted[low < index ? low : low + 1] + sorted[high < index ? high : high + 1]) / 2;
  }

  private void ejectOrRefuse(List<Ejection> held, int index, String why, long nowNanos) {
    int ejected = ejected(held);
    Ejection before = held.get(index);
    held.set(
        index,
        ejected < spec.most(held.size())
            ? ejected(before, why, nowNanos)
            : refused(before, why, held.size(), ejected));
  }

  private Ejection ejected(Ejection before, String why, long nowNanos) {
    long base = spec.baseEjection().toNanos();
    long most = spec.maxEjection().toNanos();
    // More of them would make it no longer, only later to forget.
    int times = base * before.times() < most ? before.times() + 1 : before.times();
    return new Ejection(true, why, nowNanos, nowNanos + Math.min(base * times, most), times);
  }

  private Ejection refused(Ejection before, String why, int servers, int ejected) {
    return before.refuse(
        format(
            "%s, not ejected: %d of %d are (expected: at most %d)",
            why, ejected, servers, spec.most(servers)));
  }

  private static int ejected(List<Ejection> held) {
    return (int) held.stream().filter(Ejection::ejected).count();
  }

  private static String millis(double nanos) {
    return number(Math.round(nanos / (nanos < 1e7 ? 1e4 : 1e6)) / (nanos < 1e7 ? 100.0 : 1))
        + " ms";
  }

  private static String number(double value) {
    return value == Math.rint(value) ? format("%.0f", value) : String.valueOf(value);
  }

  private static String format(String text, @Nullable Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}

package io.evenkeel.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When a server is taken out of rotation for how its connections go, beside what checks say, and
 * for how long; Envoy's outlier detection. Immutable.
 *
 * @param consecutiveFailures failures in a row that eject a server, 1..1000000; 0: any number
 * @param successRate when a lower share of successes than others have ejects it; null: never
 * @param latency when a higher latency than others have ejects it; null: never
 * @param interval over which success rates and latencies are measured, 1 ms..1 day
 * @param baseEjection for how long a server is ejected; the n-th time in a row n times as long, 1
 *     ms..1 day
 * @param maxEjection for how long it is ejected at most, {@code baseEjection}..1 day
 * @param maxEjectedShare of a service's servers that are ejected at most, 0..1, rounded down to
 *     whole servers, and never the last one; servers that get no new clients anyway, because they
 *     are down or drained, do not count
 * @param endedByCheck whether a check that passes ends an ejection
 */
public record OutlierSpec(
    int consecutiveFailures,
    @Nullable SuccessRate successRate,
    @Nullable Latency latency,
    Duration interval,
    Duration baseEjection,
    Duration maxEjection,
    double maxEjectedShare,
    boolean endedByCheck) {
  private static final int MAX_COUNT = 1_000_000;
  private static final double MAX_FACTOR = 1000;

  /**
   * Ejects who is less successful than the mean of all by more than {@code factor} standard
   * deviations. Immutable.
   *
   * @param minimumResults of a server in an interval, without which it is not judged, 1..1000000
   * @param minimumServers with so many results, without which nobody is judged, 2..1000000
   * @param factor of the standard deviation, more than 0, at most 1000
   */
  public record SuccessRate(int minimumResults, int minimumServers, double factor) {
    /**
     * Checks every part.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public SuccessRate {
      checkCount("minimumResults", minimumResults, 1);
      checkCount("minimumServers", minimumServers, 2);
      checkFactor(factor, 0);
    }

    /**
     * As in Envoy.
     *
     * @return 100 results, 5 servers, 1.9 standard deviations
     */
    public static SuccessRate standard() {
      return new SuccessRate(100, 5, 1.9);
    }

    @Override
    public String toString() {
      return "results " + minimumResults + " servers " + minimumServers + " factor " + factor;
    }
  }

  /**
   * Ejects whose mean latency is more than {@code factor} times the median of the others' means.
   * Immutable.
   *
   * @param minimumAnswers of a server in an interval, without which it is not judged and others are
   *     not judged by it, 1..1000000
   * @param factor of the median, more than 1, at most 1000
   * @param least a mean that is not longer is never too long, 0..1 day
   */
  public record Latency(int minimumAnswers, double factor, Duration least) {
    /**
     * Checks every part.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public Latency {
      checkCount("minimumAnswers", minimumAnswers, 1);
      checkFactor(factor, 1);
      check("least", least, Duration.ZERO);
    }

    /**
     * Three times as slow as the others, and not only by a blink.
     *
     * @return 100 answers, factor 3, at least 10 ms
     */
    public static Latency standard() {
      return new Latency(100, 3, Duration.ofMillis(10));
    }

    @Override
    public String toString() {
      return "answers " + minimumAnswers + " factor " + factor + " least " + least;
    }
  }

  /**
   * Checks every part.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public OutlierSpec {
    if (consecutiveFailures != 0) {
      checkCount("consecutiveFailures", consecutiveFailures, 0);
    }
    check("interval", interval, Duration.ofMillis(1));
    check("baseEjection", baseEjection, Duration.ofMillis(1));
    check("maxEjection", maxEjection, Duration.ofMillis(1));
    if (maxEjection.compareTo(baseEjection) < 0) {
      throw new IllegalArgumentException(
          "maxEjection: " + maxEjection + " (expected: " + baseEjection + " or more)");
    }
    if (!(maxEjectedShare >= 0 && maxEjectedShare <= 1)) {
      throw new IllegalArgumentException(
          "maxEjectedShare: " + maxEjectedShare + " (expected: 0..1)");
    }
  }

  /**
   * Five failures in a row, or a success rate that stands out, judged every 10 s; ejected for 30 s,
   * then longer up to 5 minutes, at most half of the servers; a check that passes ends it.
   *
   * @return the description
   */
  public static OutlierSpec standard() {
    return new OutlierSpec(
        5,
        SuccessRate.standard(),
        null,
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        0.5,
        true);
  }

  /**
   * Nobody stands out: what holds beside a {@link BreakerSpec} alone.
   *
   * @return {@link #standard}, but that it ejects nobody by itself, and that checks end no ejection
   */
  public static OutlierSpec none() {
    return standard().consecutive(0).successRate(null).endedByCheck(false);
  }

  /**
   * With another number of failures in a row.
   *
   * @param failures 1..1000000; 0: any number
   * @return the changed description
   * @throws IllegalArgumentException if it is out of range
   */
  public OutlierSpec consecutive(int failures) {
    return new OutlierSpec(
        failures,
        successRate,
        latency,
        interval,
        baseEjection,
        maxEjection,
        maxEjectedShare,
        endedByCheck);
  }

  /**
   * With another judgement of success rates.
   *
   * @param how null: none
   * @return the changed description
   */
  public OutlierSpec successRate(@Nullable SuccessRate how) {
    return new OutlierSpec(
        consecutiveFailures,
        how,
        latency,
        interval,
        baseEjection,
        maxEjection,
        maxEjectedShare,
        endedByCheck);
  }

  /**
   * With another judgement of latencies.
   *
   * @param how null: none
   * @return the changed description
   */
  public OutlierSpec latency(@Nullable Latency how) {
    return new OutlierSpec(
        consecutiveFailures,
        successRate,
        how,
        interval,
        baseEjection,
        maxEjection,
        maxEjectedShare,
        endedByCheck);
  }

  /**
   * With another interval.
   *
   * @param length 1 ms..1 day
   * @return the changed description
   * @throws IllegalArgumentException if it is out of range
   */
  public OutlierSpec every(Duration length) {
    return new OutlierSpec(
        consecutiveFailures,
        successRate,
        latency,
        length,
        baseEjection,
        maxEjection,
        maxEjectedShare,
        endedByCheck);
  }

  /**
   * With other times of ejection.
   *
   * @param base the first time, 1 ms..1 day
   * @param most {@code base}..1 day
   * @return the changed description
   * @throws IllegalArgumentException if one is out of range
   */
  public OutlierSpec ejection(Duration base, Duration most) {
    return new OutlierSpec(
        consecutiveFailures,
        successRate,
        latency,
        interval,
        base,
        most,
        maxEjectedShare,
        endedByCheck);
  }

  /**
   * With another share of the servers that are ejected at most.
   *
   * @param most 0..1
   * @return the changed description
   * @throws IllegalArgumentException if it is out of range
   */
  public OutlierSpec share(double most) {
    return new OutlierSpec(
        consecutiveFailures,
        successRate,
        latency,
        interval,
        baseEjection,
        maxEjection,
        most,
        endedByCheck);
  }

  /**
   * With another effect of a check that passes.
   *
   * @param ends whether it ends an ejection
   * @return the changed description
   */
  public OutlierSpec endedByCheck(boolean ends) {
    return new OutlierSpec(
        consecutiveFailures,
        successRate,
        latency,
        interval,
        baseEjection,
        maxEjection,
        maxEjectedShare,
        ends);
  }

  /**
   * How many servers are ejected at most.
   *
   * @param servers of the service that are fit, 0 or more
   * @return the share of them, rounded down; one less than all of them at the most
   */
  public int most(int servers) {
    // As it is written: 0.29 of 100 is 29, though not in binary.
    int share =
        BigDecimal.valueOf(maxEjectedShare)
            .multiply(BigDecimal.valueOf(servers))
            .setScale(0, RoundingMode.FLOOR)
            .intValueExact();
    return Math.max(Math.min(share, servers - 1), 0);
  }

  private static void checkCount(String name, int value, int least) {
    if (value < least || value > MAX_COUNT) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + ".." + MAX_COUNT + ")");
    }
  }

  private static void checkFactor(double value, int over) {
    if (!(value > over && value <= MAX_FACTOR)) {
      throw new IllegalArgumentException(
          "factor: " + value + " (expected: more than " + over + ", at most 1000)");
    }
  }

  private static void check(String name, Duration value, Duration least) {
    Objects.requireNonNull(value, name);
    if (value.compareTo(least) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least.toMillis() + " ms..1 day)");
    }
  }

  @Override
  public String toString() {
    return (consecutiveFailures == 0 ? "" : "failures in a row " + consecutiveFailures + " ")
        + (successRate == null ? "" : "success rate (" + successRate + ") ")
        + (latency == null ? "" : "latency (" + latency + ") ")
        + "every "
        + interval
        + " ejection "
        + baseEjection
        + ".."
        + maxEjection
        + " share "
        + maxEjectedShare
        + (endedByCheck ? "" : " not ended by checks");
  }
}

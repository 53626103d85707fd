package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Outcome;
import io.evenkeel.pool.TwoThreads;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PeakEwmaTest implements BalancingContract {
  private static final long DECAY = 1_000_000;

  @Override
  public Scheduler scheduler() {
    return Schedulers.peakEwma();
  }

  private static Farm ewma() {
    return new Farm(Schedulers.peakEwma(Duration.ofNanos(DECAY)));
  }

  /** A connection that is answered after so long, now, and ends. */
  private static void answer(Farm farm, String name, long nanos, long nowNanos) {
    Assignment assignment = new Assignment();
    assignment.assign(farm.cell(name), nowNanos - nanos);
    assignment.answered(nowNanos);
    assignment.release(Outcome.SUCCESS);
  }

  @Test
  void select_leastLatency_isTaken() {
    Farm farm = ewma().add("a", 1).add("b", 1);
    answer(farm, "a", 1000, 0);
    answer(farm, "b", 1001, 0);

    assertEquals("aaa", farm.picks(3));
  }

  /** a: 1000 * (1 + 1), b: 1999 * 1; then 1999 * 2 against 1000 * 2 and 1000 * 3. */
  @Test
  void select_connections_multiplyTheLatency() {
    Farm farm = ewma().add("a", 1).add("b", 1);
    answer(farm, "a", 1000, 0);
    answer(farm, "b", 1999, 0);

    assertEquals("abaab", farm.picksKept(5));
  }

  /** b: 2999 / 3 is less than 1000. */
  @Test
  void select_weights_divideTheLatency() {
    Farm farm = ewma().add("a", 1).add("b", 3);
    answer(farm, "a", 1000, 0);
    answer(farm, "b", 2999, 0);
    assertEquals("b", farm.pick());

    answer(farm, "b", 3001, 0);
    assertEquals("a", farm.pick());
  }

  @Test
  void select_peak_countsAtOnce() {
    Farm farm = ewma().add("a", 1).add("b", 1);
    for (int i = 0; i < 100; i++) {
      answer(farm, "a", 1000, i);
      answer(farm, "b", 2000, i);
    }
    assertEquals("a", farm.pick());

    answer(farm, "a", 2001, 100);
    assertEquals("b", farm.pick());
  }

  /**
   * After one decay of 1000, a peak of 10 000 counts 10 000 / e + 1000 * (1 - 1 / e) = 3679 + 632 =
   * 4311.
   */
  @Test
  void select_afterAPeak_isForgottenExponentially() {
    Farm farm = ewma().add("a", 1).add("b", 1);
    answer(farm, "a", 10_000, 0);
    answer(farm, "a", 1000, DECAY);

    answer(farm, "b", 4310, DECAY);
    assertEquals("b", farm.pick());
    answer(farm, "b", 4312, DECAY);
    assertEquals("a", farm.pick());
  }

  /** Nothing is measured of a for ln 10 = 2.302585 decays: a tenth. */
  @Test
  void select_slowOneLeftAlone_isTriedAgain() {
    Farm farm = ewma().add("a", 1).add("b", 1);
    answer(farm, "a", 10_000, 0);
    answer(farm, "b", 999, 0);
    assertEquals("b", farm.pick());

    answer(farm, "b", 999, (long) (2.302 * DECAY));
    assertEquals("b", farm.pick());
    answer(farm, "b", 1002, (long) (2.303 * DECAY));
    assertEquals("a", farm.pick());
  }

  @Test
  void select_nothingKnown_isTriedWithOneConnection() {
    Farm farm = ewma().add("a", 1).add("b", 1).add("c", 1);
    answer(farm, "a", 1_000_000, 0);

    // c and b are tried; a is known; once it is gone the others share equally.
    assertEquals("cbaaa", farm.picksKept(5));
    assertEquals("cbcb", farm.suspend("a", true).picksKept(4));
  }

  @Test
  void selector_listChanged_latenciesAreTakenOver() {
    Farm farm = ewma().add("a", 1).add("b", 1);
    answer(farm, "a", 1000, DECAY);
    answer(farm, "b", 2000, DECAY);
    farm.add("c", 1);

    answer(farm, "c", 1500, DECAY);
    assertEquals("a", farm.pick());
    answer(farm, "a", 1_501, DECAY);
    assertEquals("c", farm.pick());
  }

  @Test
  void peakEwma_noDecay_saysWhatIsExpected() {
    assertEquals(
        "decay: PT0S (expected: more than 0)",
        assertThrows(IllegalArgumentException.class, () -> Schedulers.peakEwma(Duration.ZERO))
            .getMessage());
  }

  /** Of 20 servers, against a look at all of them, with the average kept as it is defined. */
  @Test
  void select_anythingHappens_isTheLeastOfAll() {
    for (int seed = 0; seed < 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Farm farm = ewma();
      for (int i = 0; i < 20; i++) {
        farm.add("s" + i, 1 + random.nextInt(5));
      }
      double[] averages = new double[20];
      long[] measured = new long[20];
      long now = 0;
      for (int i = 0; i < 20; i++) {
        averages[i] = 1 + random.nextInt(1000);
        answer(farm, "s" + i, (long) averages[i], now);
      }
      for (int step = 0; step < 2000; step++) {
        now += random.nextInt((int) DECAY / 100);
        int server = random.nextInt(20);
        long latency = 1L + random.nextInt(1000);
        double weight = Math.exp(-(now - measured[server]) / (double) DECAY);
        double decayed = averages[server] * weight;
        averages[server] = latency >= decayed ? latency : decayed + latency * (1 - weight);
        measured[server] = now;
        answer(farm, "s" + server, latency, now);
        farm.load("s" + random.nextInt(20), random.nextInt(2), random.nextInt(2));
        farm.endOne("s" + random.nextInt(20));
        farm.suspend("s" + random.nextInt(20), random.nextInt(4) == 0);

        assertSame(
            leastOfAll(farm, averages, measured, now),
            farm.choose(),
            "seed " + seed + ", step " + step);
      }
    }
  }

  private static Destination leastOfAll(Farm farm, double[] averages, long[] measured, long now) {
    Destinations list = farm.list();
    Destination least = null;
    double leastCost = Double.POSITIVE_INFINITY;
    for (int i = 0; i < list.size(); i++) {
      int server = Integer.parseInt(list.get(i).endpoint().host().substring(1));
      double decayed = averages[server] * Math.exp(-(now - measured[server]) / (double) DECAY);
      double cost = decayed * (list.get(i).open() + 1) / list.weight(i);
      if (list.isEligible(i) && cost < leastCost) {
        least = list.get(i);
        leastCost = cost;
      }
    }
    return least;
  }

  /** The last peak decides, however many measure at a time. */
  @Test
  void answered_twoThreads_noPeakIsLost() throws Exception {
    Farm farm = ewma().add("a", 1).add("b", 1);
    TwoThreads.inStep(
        20_000,
        round -> answer(farm, "a", 10 + 10L * round, round),
        round -> answer(farm, "a", 5 + 10L * round, round));
    answer(farm, "b", 150_000, 20_000);

    // The last was 200 000, 0 ns to 1 ns ago.
    assertEquals("b", farm.pick());
  }
}

package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StripesTest {

  @Test
  void get_everyStripe_hasItsOwnNumber() {
    Stripes stripes = new Stripes(4, stripe -> 10 + stripe);

    for (int i = 0; i < 4; i++) {
      assertEquals(10 + i, stripes.get(i));
      assertEquals(10 + i, stripes.get(new Flow(4 + i)));
      assertEquals(10 + i, stripes.get(new Flow(i - 4)));
    }
    assertEquals(4, stripes.count());
  }

  @Test
  void compareAndSet_oneStripe_leavesTheOthers() {
    Stripes stripes = new Stripes(2, stripe -> 0);

    assertTrue(stripes.compareAndSet(new Flow(1), 0, 7));
    assertFalse(stripes.compareAndSet(new Flow(1), 0, 8));
    assertEquals(7, stripes.get(new Flow(3)));
    assertEquals(0, stripes.get(new Flow(0)));
  }

  @Test
  void forAllProcessors_here_isAPowerOfTwoThatIsEnough() {
    int count = Stripes.forAllProcessors();

    assertEquals(1, Integer.bitCount(count));
    assertTrue(count >= Runtime.getRuntime().availableProcessors());
  }

  /** Servers C, B, A in list order, and two callers who take turns. */
  @Test
  void roundRobin_twoStripes_haveARotationEach() {
    Crowd crowd = new Crowd(new RoundRobin(Crowd.abc(1, 1, 1), null, 2));

    assertEquals("ccbbaaccbbaa", crowd.picks(12, new Flow(0), new Flow(1)));
  }

  @Test
  void roundRobin_oneStripe_isOneRotationForAll() {
    Crowd crowd = new Crowd(new RoundRobin(Crowd.abc(1, 1, 1), null, 1));

    assertEquals("cbacbacbacba", crowd.picks(12, new Flow(0), new Flow(1)));
  }

  /** With weights 1, 2, 3, each rotation is "ccbcba" from the first threshold on. */
  @Test
  void weightedRoundRobin_twoStripes_haveARotationEach() {
    Crowd crowd = new Crowd(new WeightedRoundRobin(Crowd.abc(1, 2, 3), null, 2));

    assertEquals("ccccbbccbbaa", crowd.picks(12, new Flow(0), new Flow(1)));
  }

  /** A change of the list must not make the rotations of the stripes one. */
  @Test
  void selector_listChanged_everyStripeGoesOn() {
    Destinations list = Crowd.abc(1, 1, 1);
    RoundRobin before = new RoundRobin(list, null, 2);
    assertEquals("cb", new Crowd(before).picks(2, new Flow(1)));
    RoundRobin after = new RoundRobin(list, before, 2);

    assertEquals("a", new Crowd(after).picks(1, new Flow(1)));
    assertEquals("c", new Crowd(after).picks(1, new Flow(0)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void roundRobin_callersInAnyOrder_sharesDifferByAtMostTheStripes(int stripes) {
    Crowd crowd = new Crowd(new RoundRobin(Crowd.abc(1, 1, 1), null, stripes));
    Flow[] flows = new Flow[stripes];
    for (int i = 0; i < stripes; i++) {
      flows[i] = new Flow(i);
    }
    long seed = 7;
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Integer> counts = new HashMap<>(Map.of("a", 0, "b", 0, "c", 0));
    for (int i = 0; i < 10_000; i++) {
      counts.merge(crowd.picks(1, flows[random.nextInt(stripes)]), 1, Integer::sum);
      int most = counts.values().stream().mapToInt(n -> n).max().orElseThrow();
      int least = counts.values().stream().mapToInt(n -> n).min().orElseThrow();
      assertTrue(most - least <= stripes, "seed " + seed + ", choice " + i + ": " + counts);
    }
  }

  /** However the callers come, nobody is off its share by more than each rotation is for itself. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void weighted_callersInAnyOrder_eachStripeAddsAtMostItsOwnImbalance(int stripes) {
    Destinations list = Crowd.abc(1, 2, 5);
    Flow[] flows = IntStream.range(0, stripes).mapToObj(Flow::new).toArray(Flow[]::new);

    // ccccbcba: c has 4 after 4 turns, 2.5 would be its share.
    assertEquals(1.5, mostOff(new WeightedRoundRobin(list, null, 1), flows[0]));
    assertBelow(1.5 * stripes + 1e-9, mostOff(new WeightedRoundRobin(list, null, stripes), flows));
    // cbccacbc: a has none after 4 turns.
    assertEquals(0.5, mostOff(new SmoothRoundRobin(list, null, 1, 1 << 30), flows[0]));
    assertBelow(
        0.5 * stripes + 1e-9, mostOff(new SmoothRoundRobin(list, null, stripes, 1 << 30), flows));
  }

  private static void assertBelow(double limit, double value) {
    assertTrue(value <= limit, value + " (expected: at most " + limit + ")");
  }

  /** By how much a, b or c of weights 1, 2, 5 was ever off its share, in connections. */
  private static double mostOff(Selector selector, Flow... callers) {
    SplittableRandom random = new SplittableRandom(7);
    Crowd crowd = new Crowd(selector);
    int[] counts = new int[3];
    double most = 0;
    for (int turn = 1; turn <= 10_000; turn++) {
      counts[crowd.picks(1, callers[random.nextInt(callers.length)]).charAt(0) - 'a']++;
      for (int i = 0; i < 3; i++) {
        most = Math.max(most, Math.abs(counts[i] - turn * (i == 0 ? 1 : i == 1 ? 2 : 5) / 8.0));
      }
    }
    return most;
  }

  private record Crowd(Selector selector) {

    /** Added in this order: C is the newest and stands first. */
    static Destinations abc(int a, int b, int c) {
      Map<Destination, Integer> weights = new LinkedHashMap<>();
      weights.put(cell("a"), a);
      weights.put(cell("b"), b);
      weights.put(cell("c"), c);
      return Destinations.empty().with(weights);
    }

    private static Destination cell(String name) {
      return new Destination(
          ServiceKey.tcp("v:80"),
          Endpoint.parse(name + ":1"),
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
          suspended -> {});
    }

    /** The callers take turns. */
    String picks(int count, Flow... callers) {
      StringBuilder names = new StringBuilder();
      for (int i = 0; i < count; i++) {
        @Nullable Destination chosen = selector.select(callers[i % callers.length], 0);
        names.append(chosen == null ? "-" : chosen.endpoint().host());
      }
      return names.toString();
    }
  }
}

package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SchedulersTest {

  /** A scheduler of a user's own: the address of the client decides, as simply as can be. */
  private static final Scheduler BY_CLIENT =
      (destinations, previous) -> (flow, nowNanos) -> byClient(destinations, flow);

  private static Destination byClient(Destinations destinations, Flow flow) {
    int start = (int) Long.remainderUnsigned(flow.clientLow(), Math.max(destinations.size(), 1));
    for (int i = 0; i < destinations.size(); i++) {
      int index = (start + i) % destinations.size();
      if (destinations.isEligible(index)) {
        return destinations.get(index);
      }
    }
    return null;
  }

  @Test
  void named_eachName_isThatScheduler() {
    assertEquals(Optional.of(Schedulers.roundRobin()), Schedulers.named("rr"));
    assertEquals(Optional.of(Schedulers.weightedRoundRobin()), Schedulers.named("wrr"));
    assertEquals(Optional.of(Schedulers.leastConnection()), Schedulers.named("lc"));
    assertEquals(Optional.of(Schedulers.weightedLeastConnection()), Schedulers.named("wlc"));
    assertEquals(Optional.of(Schedulers.failOver()), Schedulers.named("fo"));
    assertEquals(Optional.of(Schedulers.overflow()), Schedulers.named("ovf"));
    assertEquals(Optional.of(Schedulers.powerOfTwoKernelChoices()), Schedulers.named("twos"));
    assertEquals(Optional.of(Schedulers.powerOfTwoChoices()), Schedulers.named("p2c"));
    assertEquals(Optional.of(Schedulers.weightedRandom()), Schedulers.named("random"));
  }

  @Test
  void named_unknown_isEmpty() {
    assertEquals(Optional.empty(), Schedulers.named("RR"));
    assertEquals(Optional.empty(), Schedulers.named(""));
  }

  @Test
  void names_all_areSortedAndFixed() {
    assertEquals(
        List.of("fo", "lc", "nq", "ovf", "p2c", "random", "rr", "sed", "twos", "wlc", "wrr"),
        List.copyOf(Schedulers.names()));
    assertThrows(UnsupportedOperationException.class, () -> Schedulers.names().clear());
  }

  @Test
  void ownScheduler_throughTheSpi_choosesByItsOwnRule() {
    Farm farm = new Farm(BY_CLIENT).add("a", 1).add("b", 1).add("c", 0);

    // Client 0 meets c first, which is quiesced; then b.
    assertEquals("bb", farm.picks(2));
    assertEquals("a", farm.suspend("b", true).pick());
    assertEquals("-", farm.suspend("a", true).pick());
  }
}

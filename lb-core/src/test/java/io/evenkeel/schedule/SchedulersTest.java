package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulersTest {
  private static final List<Class<? extends SchedulerContract>> CONTRACT_TESTS =
      List.of(
          DestinationHashTest.class,
          FailOverTest.class,
          LeastConnectionTest.class,
          LocalityLeastTest.class,
          LocalitySetsTest.class,
          MaglevHashTest.class,
          MaglevTest.class,
          NeverQueueTest.class,
          OverflowTest.class,
          PeakEwmaTest.class,
          PowerOfTwosTest.class,
          RendezvousTest.class,
          RingTest.class,
          RoundRobinTest.class,
          ShortestExpectedDelayTest.class,
          SmoothRoundRobinTest.class,
          SourceHashTest.class,
          TwoChoicesTest.class,
          WeightedLeastConnectionTest.class,
          WeightedRandomTest.class,
          WeightedRoundRobinTest.class);

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
    assertEquals(Optional.of(Schedulers.peakEwma()), Schedulers.named("ewma"));
    assertEquals(Optional.of(Schedulers.overflow()), Schedulers.named("ovf"));
    assertEquals(Optional.of(Schedulers.powerOfTwoKernelChoices()), Schedulers.named("twos"));
    assertEquals(Optional.of(Schedulers.powerOfTwoChoices()), Schedulers.named("p2c"));
    assertEquals(Optional.of(Schedulers.weightedRandom()), Schedulers.named("random"));
    assertEquals(Optional.of(Schedulers.sourceHash()), Schedulers.named("sh"));
    assertEquals(Optional.of(Schedulers.destinationHash()), Schedulers.named("dh"));
    assertEquals(Optional.of(Schedulers.maglevHash()), Schedulers.named("mh"));
    assertEquals(Optional.of(Schedulers.localityLeastConnection()), Schedulers.named("lblc"));
    assertEquals(Optional.of(Schedulers.localityWithReplication()), Schedulers.named("lblcr"));
    assertEquals(Optional.of(Schedulers.ring()), Schedulers.named("ring"));
    assertEquals(Optional.of(Schedulers.rendezvous()), Schedulers.named("rendezvous"));
    assertEquals(Optional.of(Schedulers.maglev()), Schedulers.named("maglev"));
    assertEquals(Optional.of(Schedulers.smoothWeightedRoundRobin()), Schedulers.named("swrr"));
  }

  @Test
  void named_unknown_isEmpty() {
    assertEquals(Optional.empty(), Schedulers.named("RR"));
    assertEquals(Optional.empty(), Schedulers.named(""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sh:sh-port",
        "sh:sh-port,sh-fallback",
        "mh:mh-fallback,mh-port",
        "mh:size=251,mh-port",
        "ring:balance=0",
        "ring:balance=101",
        "maglev:size=101"
      })
  void named_withFlags_isFound(String name) {
    assertTrue(Schedulers.named(name).isPresent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sh:",
        "sh:mh-port",
        "sh:sh-port,",
        "sh:sh-port,sh-port",
        "mh:size=250",
        "mh:size=",
        "mh:size=99999999999",
        "mh:size=251,size=509",
        "dh:sh-port",
        "ring:balance=100",
        "ring:balance=1001",
        "maglev:size=65536",
        "maglev:size=2",
        "rr:",
        "nobody:sh-port",
        ":"
      })
  void named_unknownFlag_isEmpty(String name) {
    assertEquals(Optional.empty(), Schedulers.named(name));
  }

  @Test
  void named_withFlags_countsThem() {
    Farm byPort = new Farm(Schedulers.named("sh:sh-port").orElseThrow()).add("a", 1).add("b", 1);
    Farm alone = new Farm(Schedulers.named("sh").orElseThrow()).add("a", 1).add("b", 1);
    StringBuilder names = new StringBuilder();
    StringBuilder withoutPort = new StringBuilder();
    for (int port = 0; port < 6; port++) {
      Flow flow = new Flow().client(0, Farm.ipv4(0), port);
      names.append(byPort.flow(flow).pick());
      withoutPort.append(alone.flow(flow).pick());
    }

    // Buckets b a b a ...: 0, 97, 195, 37, 135, 232.
    assertEquals("baaaab", names.toString());
    assertEquals("bbbbbb", withoutPort.toString());
  }

  /** A scheduler without the contract's tests would be one that promises nothing. */
  @Test
  void names_all_haveAContractTest() throws Exception {
    Set<String> tested = new TreeSet<>();
    for (Class<? extends SchedulerContract> test : CONTRACT_TESTS) {
      Scheduler scheduler = test.getDeclaredConstructor().newInstance().scheduler();
      Schedulers.names().stream()
          .filter(name -> Schedulers.named(name).equals(Optional.of(scheduler)))
          .forEach(tested::add);
    }
    assertEquals(Schedulers.names(), tested);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rr", "wrr", "swrr"})
  void named_exact_isOneRotationForAll(String name) {
    Farm farm = new Farm(Schedulers.named(name + ":exact").orElseThrow());
    farm.addTogether("a", 1, "b", 1, "c", 1);

    farm.flow(new Flow(0));
    String first = farm.pick();
    farm.flow(new Flow(1));
    String second = farm.pick();

    assertEquals("cb", first + second);
    assertEquals(Optional.empty(), Schedulers.named(name + ":exactly"));
  }

  @Test
  void names_all_areSortedAndFixed() {
    assertEquals(
        List.of(
            "dh",
            "ewma",
            "fo",
            "lblc",
            "lblcr",
            "lc",
            "maglev",
            "mh",
            "nq",
            "ovf",
            "p2c",
            "random",
            "rendezvous",
            "ring",
            "rr",
            "sed",
            "sh",
            "swrr",
            "twos",
            "wlc",
            "wrr"),
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

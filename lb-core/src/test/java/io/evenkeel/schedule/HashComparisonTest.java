package io.evenkeel.schedule;

import static io.evenkeel.schedule.Comparison.compare;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hashes that LVS does not have against slow ones of the same rules. */
class HashComparisonTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void rendezvous_randomChanges_choosesAsTheSlowOne(long seed) {
    compare("rendezvous", seed, Schedulers.rendezvous(), SlowHash.rendezvous());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void maglev_randomChanges_choosesAsTheSlowOne(long seed) {
    compare("maglev", seed, Schedulers.maglev(1009), SlowHash.maglev(1009));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void ring_randomChanges_choosesAsTheSlowOne(long seed) {
    compare("ring", seed, Schedulers.ring(0), SlowHash.ring(0));
    compare("ring with bounded load", seed, Schedulers.ring(), SlowHash.ring(125));
  }
}

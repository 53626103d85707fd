package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.pool.Flow;
import org.junit.jupiter.api.Test;

class DestinationHashTest implements SchedulerContract {

  @Override
  public Scheduler scheduler() {
    return Schedulers.destinationHash();
  }

  private static Flow askingFor(int address) {
    return new Flow().destination(0, Farm.ipv4(address), 80);
  }

  @Test
  void select_addresses_haveTheServerOfTheirBucket() {
    // Buckets c b a c b a ..., whatever the weights.
    Farm farm = farm().add("a", 7).add("b", 1).add("c", 2);

    // 0: bucket 0. 1: 97 = 3 * 32 + 1. 2: 195 = 3 * 65. 5: 232 = 3 * 77 + 1. 6: 74 = 3 * 24 + 2.
    assertEquals("c", farm.flow(askingFor(0)).pick());
    assertEquals("b", farm.flow(askingFor(1)).pick());
    assertEquals("c", farm.flow(askingFor(2)).pick());
    assertEquals("b", farm.flow(askingFor(5)).pick());
    assertEquals("a", farm.flow(askingFor(6)).pick());
  }

  @Test
  void select_weightChanged_movesNobody() {
    Farm farm = farm().add("a", 1).add("b", 1).add("c", 1).flow(askingFor(1));
    assertEquals("b", farm.pick());

    assertEquals("b", farm.weight("b", 100).weight("c", 9).pick());
    assertEquals("-", farm.weight("b", 0).pick());
    assertEquals("b", farm.weight("b", 1).pick());
    assertEquals("-", farm.suspend("b", true).pick());
  }
}

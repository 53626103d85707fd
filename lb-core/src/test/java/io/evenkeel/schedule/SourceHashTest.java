package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.pool.Flow;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SourceHashTest implements SchedulerContract {

  @Override
  public Scheduler scheduler() {
    return Schedulers.sourceHash();
  }

  /** With 256 buckets, all of which are tried, whoever has one is found. */
  @Nested
  class WithFallback implements SchedulerContract {

    @Override
    public Scheduler scheduler() {
      return Schedulers.sourceHash(HashOption.FALLBACK);
    }

    @Test
    void select_serverOfBucketIsOut_goesOnFromTwiceTheBucket() {
      // Buckets: c b a c b a ... Client 1 has bucket 0x61 = 97, 97 % 3 = 1: b.
      Farm farm = farm().add("a", 1).add("b", 1).add("c", 1).flow(client(1));
      assertEquals("b", farm.pick());

      // From bucket 194 on: 194 % 3 = 2, a; and when a is out, 195 % 3 = 0, c.
      assertEquals("a", farm.suspend("b", true).pick());
      assertEquals("c", farm.suspend("a", true).pick());
      assertEquals("-", farm.suspend("c", true).pick());
    }
  }

  private static Flow client(int address) {
    return new Flow().client(0, Farm.ipv4(address), 5);
  }

  @Test
  void select_clients_haveTheServerOfTheirBucket() {
    // Weights 2, 0 and 3, newest first: buckets c c c b a a, again and again.
    Farm farm = farm().add("a", 2).add("b", 0).add("c", 3);

    // 0 * 0x61c88647: bucket 0. 1: bucket 0x61 = 97 = 16 * 6 + 1. Both c.
    assertEquals("c", farm.flow(client(0)).pick());
    assertEquals("c", farm.flow(client(1)).pick());
    // 2: 0xc3 = 195 = 32 * 6 + 3, the bucket of b, which weighs nothing but has one.
    assertEquals("-", farm.flow(client(2)).pick());
    // 3: 0x25 = 37 = 6 * 6 + 1: c. 4: 0x87 = 135 = 22 * 6 + 3: b. 5: 0xe8 = 232 = 38 * 6 + 4: a.
    assertEquals("c", farm.flow(client(3)).pick());
    assertEquals("-", farm.flow(client(4)).pick());
    assertEquals("a", farm.flow(client(5)).pick());
  }

  @Test
  void select_weightChanged_dealsTheBucketsAnew() {
    Farm farm = farm().add("a", 1).add("b", 1).flow(client(1));
    // b a b a ...: bucket 97 is odd.
    assertEquals("a", farm.pick());

    // b b a b b a ...: 97 % 3 = 1.
    assertEquals("b", farm.weight("b", 2).pick());
  }

  @Test
  void select_weightsAddUpToMoreThanTheBuckets_lastHaveNone() {
    Farm farm = farm().add("a", 9).add("b", 65535);

    for (int i = 0; i < 1000; i++) {
      assertEquals("b", farm.flow(client(i)).pick());
    }
  }

  @Test
  void select_withPort_countsIt() {
    Farm farm = new Farm(Schedulers.sourceHash(HashOption.PORT)).add("a", 1).add("b", 1);

    // 1 + 4 = 5: bucket 232. 1 + 5 = 6: 0x4a = 74. 2^32 - 1 + 2 = 1: bucket 97.
    assertEquals("b", farm.flow(client(1).client(0, Farm.ipv4(1), 4)).pick());
    assertEquals("b", farm.flow(client(1).client(0, Farm.ipv4(1), 5)).pick());
    assertEquals("a", farm.flow(client(1).client(0, Farm.ipv4(-1), 2)).pick());
  }
}

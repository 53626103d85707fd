package io.evenkeel.vrrp.witness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LeaseTableTest {
  private static final long BEGIN = Long.MAX_VALUE - 50;

  private final LeaseTable table = new LeaseTable(100, BEGIN);

  private String ask(String line, long at) {
    return Wire.answer("evenkeel-lease 1 " + line, table, BEGIN + at);
  }

  @Test
  void acquire_free_isLentUntilItsTimeIsOver() {
    assertEquals("granted", ask("acquire web a 100 new", 100));
    assertEquals("held a", ask("acquire web b 100 new", 199));
    assertEquals("granted", ask("acquire other b 50 new", 199));
    assertEquals("granted", ask("acquire web b 100 new", 200));
    assertEquals("held b", ask("acquire web a 100 held", 201));
  }

  @Test
  void acquire_again_isLonger() {
    ask("acquire web a 100 new", 100);
    assertEquals("granted", ask("acquire web a 100 held", 150));
    assertEquals("held a", ask("acquire web b 1 new", 249));
    assertEquals("granted", ask("acquire web b 1 new", 250));
  }

  @Test
  void acquire_startedLately_isLentToWhoHoldsItOnly() {
    assertEquals(
        "error started lately, lends nothing for another 100 ns", ask("acquire web a 100 new", 0));
    assertEquals(
        "error started lately, lends nothing for another 1 ns", ask("acquire web a 100 new", 99));
    assertEquals("granted", ask("acquire mail b 10 held", 99));
    // Nobody else can have held it.
    assertEquals("granted", ask("acquire mail a 1 new", 109));
    assertEquals("granted", ask("acquire web a 100 new", 100));
  }

  @Test
  void release_byItsHolder_isFreeAtOnce() {
    ask("acquire web a 100 held", 5);
    assertEquals("released", ask("release web b", 6));
    assertEquals("held a", ask("acquire web b 100 new", 7));
    assertEquals("released", ask("release web a", 8));
    // Although it was started lately.
    assertEquals("granted", ask("acquire web b 100 new", 8));
    assertEquals("released", ask("release unknown b", 9));
  }

  @Test
  void acquire_tooLong_isRefused() {
    assertEquals("error length: 101 ns (expected: at most 100)", ask("acquire web a 101 new", 200));
  }

  @Test
  void acquire_tooManyNames_areRefusedUntilOneIsOver() {
    for (int i = 0; i < LeaseTable.MAX_NAMES; i++) {
      assertEquals("granted", ask("acquire n" + i + " a 100 new", 200));
    }
    assertEquals("error names: more than 10000 (expected: fewer)", ask("acquire x a 1 new", 299));
    assertEquals("granted", ask("acquire n0 a 100 held", 299));
    assertEquals("granted", ask("acquire x a 1 new", 300));
    assertEquals("held a", ask("acquire n0 b 1 new", 301));
  }

  @Test
  void answer_notUnderstood_saysSo() {
    for (String line :
        new String[] {
          "acquire web a 0 new",
          "acquire web a 9999999999999999999 new",
          "acquire web a 5 perhaps",
          "acquire we b a 5 new",
          "acquire web a 5 new ",
          "release web",
          "acquire " + "w".repeat(65) + " a 5 new",
        }) {
      assertTrue(ask(line, 500).startsWith("error not understood"), line);
    }
    assertTrue(Wire.answer("evenkeel-lease 2 release web a", table, 0).startsWith("error"));
  }
}

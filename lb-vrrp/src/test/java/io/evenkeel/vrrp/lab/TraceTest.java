package io.evenkeel.vrrp.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TraceTest {

  @Test
  void of_changes_areTimedFromTheFirstOwnerOn() {
    Trace trace =
        Trace.of(
            List.of(
                "owners 1000000 0 0",
                "advert 2000000 2 150",
                "owners 30000000 2 10000000",
                "owners 50000000 0 12000000",
                "owners 70000000 1 10000000",
                "owners 80000000 3 10000000",
                "owners 110000000 1 10000000",
                "end 150000000 15 700000"));

    assertEquals(20, trace.none().toMillis());
    assertEquals(30, trace.two().toMillis());
    assertEquals(12, trace.blind().toMillis());
    assertEquals("low", trace.last());
    assertEquals("none 29, high 20, none 20, low 10, both 30, low 40", trace.path());
    assertEquals(List.of(new Trace.Advert(2_000_000, 2, 150)), trace.adverts());
  }

  @Test
  void two_stillSoInTheEnd_isNotTimed() {
    Trace trace =
        Trace.of(
            List.of(
                "owners 10000000 3 0",
                "owners 30000000 1 0",
                "owners 60000000 3 0",
                "end 150000000 15 0"));

    assertEquals(20, trace.two().toMillis());
    assertEquals("both", trace.last());
  }
}

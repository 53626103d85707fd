package io.evenkeel.vrrp.track;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RiseFallTest {

  /** s: a success, f: a failure; what it is after each: U up, d down. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, sfsf, UdUd",
    // One success is enough at first, and one failure says that it is down.
    "3, 2, s, U",
    "3, 2, f, d",
    "3, 2, fssfsss, ddddddU",
    // Two in a row are needed; one success between them makes it sure again.
    "3, 2, sfsfsff, UUUUUUd",
    "3, 3, sffsffsfff, UUUUUUUUUd",
    "3, 3, sfffssfsss, UUUddddddU",
    "1, 3, sfffsfff, UUUdUUUd",
    "3, 1, sfssfsssf, Uddddd" + "dUd",
  })
  void step_results_riseAndFall(int rise, int fall, String results, String expected) {
    assertEquals(expected, run(RiseFall.unknown(rise, fall), results));
  }

  @ParameterizedTest
  @CsvSource({"1, 1, s, U", "3, 2, sss, ddU", "3, 2, ssfsss, dddddU", "2, 2, fss, ddU"})
  void step_startingDown_mustRiseFirst(int rise, int fall, String results, String expected) {
    assertEquals(expected, run(RiseFall.down(rise, fall), results));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 4", "4, 1", "3, 3", "2, 5"})
  void step_anyResults_staysWithinItsRange(int rise, int fall) {
    for (int bits = 0; bits < 1 << 12; bits++) {
      RiseFall state = RiseFall.unknown(rise, fall);
      for (int i = 0; i < 12; i++) {
        state = state.step((bits >> i & 1) == 1);
        if (state.count() < 0 || state.count() > rise + fall - 1) {
          assertEquals("0.." + (rise + fall - 1), String.valueOf(state.count()));
        }
      }
    }
  }

  private static String run(RiseFall first, String results) {
    RiseFall state = first;
    StringBuilder after = new StringBuilder();
    for (int i = 0; i < results.length(); i++) {
      state = state.step(results.charAt(i) == 's');
      after.append(state.isUp() ? 'U' : 'd');
    }
    return after.toString();
  }
}

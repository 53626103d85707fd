package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MatchingTest {
  private static final String LONG = "a".repeat(HttpPage.MAX_SEARCHED_BYTES);

  @Test
  void isIn_somewhere_isFound() throws Exception {
    assertTrue(Matching.isIn("state: fit\n", "fit|ready"));
    assertFalse(Matching.isIn("state: ill\n", "fit|ready"));
    assertTrue(Matching.isIn(LONG + "fit", "fit$"));
  }

  @Test
  void isAll_part_isNotEnough() throws Exception {
    assertTrue(Matching.isAll("ready", "r.*y"));
    assertFalse(Matching.isAll("ready now", "r.*y"));
  }

  /** Each would take longer than the universe has been there. */
  @ParameterizedTest
  @ValueSource(strings = {"(.*?a){20}b", "a*a*a*a*a*a*b"})
  void isIn_patternThatGoesBack_givesUp(String pattern) {
    Exception e =
        assertThrows(
            Matching.GaveUpException.class, () -> Matching.isIn("a".repeat(2000), pattern));
    assertEquals("gave up after 10000000 steps", e.getMessage());
  }

  /** As the JDK matches a repeated group, its stack grows with the text. */
  @Test
  void isIn_patternThatNeedsStack_givesUp() {
    Exception e =
        assertThrows(Matching.GaveUpException.class, () -> Matching.isIn(LONG, "^(a|b)*c"));
    assertEquals("gave up for want of stack", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ready", "1.0", "a+b(c)[d]{2}^$|?*\\E", "text/html; charset=utf-8"})
  void literally_text_matchesItselfAlone(String text) throws Exception {
    assertTrue(Matching.isAll(text, Matching.literally(text)));
    assertFalse(Matching.isAll(text + "x", Matching.literally(text)));
    assertFalse(Matching.isAll("1x0", Matching.literally("1.0")));
    assertEquals("text/html", Matching.literally("text/html"));
  }
}

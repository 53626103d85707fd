package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class WordingTest {

  @Test
  void clean_plain_isKept() {
    assertEquals("Größe: 3 µm 😀", Wording.clean("Größe: 3 µm 😀"));
  }

  @Test
  void clean_whatIsNotOnePlainLine_isReplaced() {
    assertEquals("a?b?c?d?e?f?g?h", Wording.clean("a\nb\rc\u001bd\u0000e\u202ef\u2028g\ud800h"));
  }

  @Test
  void clean_long_isCut() {
    assertEquals("x".repeat(100), Wording.clean("x".repeat(100)));
    assertEquals("x".repeat(100) + "...", Wording.clean("x".repeat(101)));
    assertEquals("x".repeat(100) + "...", Wording.clean("x".repeat(1_000_000)));
  }
}

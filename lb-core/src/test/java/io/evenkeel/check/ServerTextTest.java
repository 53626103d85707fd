package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ServerTextTest {

  @Test
  void shown_plain_isItself() {
    assertEquals("", ServerText.shown(""));
    assertEquals("550 n\u00f6 \u20ac", ServerText.shown("550 n\u00f6 \u20ac"));
    assertEquals("x".repeat(100), ServerText.shown("x".repeat(100)));
  }

  @Test
  void shown_long_isCut() {
    assertEquals("x".repeat(100) + "...", ServerText.shown("x".repeat(101)));
  }

  @Test
  void shown_whatControls_isReplaced() {
    assertEquals("a????b", ServerText.shown("a\r\n\u001b\u009bb"));
    assertEquals("a???b", ServerText.shown("a\u202e\ud83d\ude00b"));
    assertEquals("x".repeat(99) + "?...", ServerText.shown("x".repeat(99) + "\ud83d\ude00"));
  }
}

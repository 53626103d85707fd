package io.evenkeel.vrrp.track;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** As keepalived 2.2.7 was seen to read these, but for octal and hexadecimal digits. */
class NumberFileTest {

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "'5\n',5",
        "abc,0",
        "12abc,12",
        "'',0",
        " 7,7",
        "'\n\t8',8",
        "+8,8",
        "-9,-9",
        "5 6,5",
        "3.7,3",
        "0x10,16",
        "-0xfg,-15",
        "0x,0",
        "010,8",
        "08,0",
        "0,0",
        "-,0",
        "- 5,0",
        "2147483647,2147483647",
        "-2147483648,-2147483648",
        // Too large: what was there before.
        "2147483648,77",
        "-2147483649,77",
        "99999999999999999999999,77",
      })
  void parse_text_isTheNumberAtItsBeginning(String text, long expected) {
    assertEquals(expected, NumberFile.parse(text, 77));
  }
}

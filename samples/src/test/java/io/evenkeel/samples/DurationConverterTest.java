package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationConverterTest {
  @ParameterizedTest
  @CsvSource({"500ms, PT0.5S", "1ms, PT0.001S", "3s, PT3S", "2m, PT2M", "24h, PT24H"})
  void convert_numberAndUnit_isDuration(String text, Duration duration) {
    assertEquals(duration, new DurationConverter().convert(text));
  }

  @Test
  void convert_zeroWhereItMayBe_isZero() {
    assertEquals(Duration.ZERO, new DurationConverter.OrZero().convert("0s"));
  }
}

package io.evenkeel.samples;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. */
final class Words {
  private Words() {}

  /** 8 412. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
  }

  /** 33 %. */
  static String percent(double share) {
    return Math.round(share * 100) + " %";
  }

  /** 12.3 s. */
  static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f s", seconds);
  }

  /** 4 ms, or 1.2 s. */
  static String time(Duration duration) {
    long millis = duration.toMillis();
    return millis < 100 ? Math.max(millis, 1) + " ms" : seconds(millis / 1000.0);
  }
}

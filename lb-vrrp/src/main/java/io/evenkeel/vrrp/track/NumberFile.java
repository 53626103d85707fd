package io.evenkeel.vrrp.track;

import io.evenkeel.vrrp.track.Reading.Amount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The number at the beginning of a file, as keepalived 2.2.7 was seen to read it: decimal,
 * hexadecimal after 0x, octal after 0; what follows the number does not count; no file, an empty
 * one and one without a number are 0; a number that is too large changes nothing.
 */
final class NumberFile implements Supplier<Reading> {
  private static final Logger LOG = LoggerFactory.getLogger(Tracked.class);
  private static final int MAX_BYTES = 128;
  private static final Pattern NUMBER =
      Pattern.compile(
          "\\s*([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*)).*", Pattern.DOTALL);

  private final Path file;
  private long value;

  NumberFile(Path file) {
    this.file = file;
  }

  @Override
  public Reading get() {
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1);
      value = parse(text, value);
      return new Amount(value, "file " + file + ": " + value);
    } catch (NoSuchFileException e) {
      value = 0;
      return new Amount(0, "file " + file + ": no such file");
    } catch (IOException e) {
      value = 0;
      return new Amount(0, "file " + file + ": " + e);
    }
  }

  /**
   * Reads a number.
   *
   * @param before what it was before, if this one is too large
   */
  static long parse(String text, long before) {
    Matcher matcher = NUMBER.matcher(text);
    if (!matcher.matches()) {
      return 0;
    }
    int radix = matcher.group(2) != null ? 16 : matcher.group(3) != null ? 8 : 10;
    String digits =
        radix == 16 ? matcher.group(2) : radix == 8 ? matcher.group(3) : matcher.group(4);
    try {
      return Integer.parseInt(matcher.group(1) + digits, radix);
    } catch (NumberFormatException e) {
      LOG.warn(
          "{}{} (expected: -2147483648..2147483647): still {}", matcher.group(1), digits, before);
      return before;
    }
  }
}

package io.evenkeel.health;

import io.evenkeel.model.RealServer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a check says of a server's weight. It is worth an offset to the configured weight, so that
 * what several checks say adds up, as in keepalived. Immutable.
 *
 * @param kind how {@code value} is meant
 * @param value a weight, 0..65535; an offset, -65535..65535; or a percentage, 0..6553500
 * @param and what is said besides, as by another part of a composite check; null: nothing
 */
public record DynamicWeight(Kind kind, int value, @Nullable DynamicWeight and) {

  /** How a value is meant. */
  public enum Kind {
    /** Instead of the configured weight. */
    ABSOLUTE,
    /** In addition to it. */
    OFFSET,
    /** So many hundredths of it. */
    PERCENT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Checks the value.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public DynamicWeight {
    int least = kind == Kind.OFFSET ? -RealServer.MAX_WEIGHT : 0;
    int most = kind == Kind.PERCENT ? 100 * RealServer.MAX_WEIGHT : RealServer.MAX_WEIGHT;
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "dynamic weight: " + kind + " " + value + " (expected: " + least + ".." + most + ")");
    }
  }

  /**
   * With nothing said besides.
   *
   * @param kind how {@code value} is meant
   * @param value a weight, 0..65535; an offset, -65535..65535; or a percentage, 0..6553500
   * @throws IllegalArgumentException if it is out of range
   */
  public DynamicWeight(Kind kind, int value) {
    this(kind, value, null);
  }

  /**
   * This and something else that is said of the same weight: what each is worth adds up.
   *
   * @param other what else
   * @return both
   */
  public DynamicWeight plus(DynamicWeight other) {
    return new DynamicWeight(kind, value, and == null ? other : and.plus(other));
  }

  /**
   * What it adds to a weight, all that is said of it together.
   *
   * @param configured 0..65535
   * @return negative: what it takes away; a percentage is rounded up, so that only 0 % of a weight
   *     is 0
   */
  public long offset(int configured) {
    long own = ownOffset(configured);
    return and == null ? own : own + and.offset(configured);
  }

  private long ownOffset(int configured) {
    return switch (kind) {
      case ABSOLUTE -> (long) value - configured;
      case OFFSET -> value;
      case PERCENT -> ((long) configured * value + 99) / 100 - configured;
    };
  }
}

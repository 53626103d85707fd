package io.evenkeel.schedule;

import io.evenkeel.pool.Destinations;
import io.evenkeel.schedule.Reasoning.Compared;
import io.evenkeel.schedule.Reasoning.Draw;
import io.evenkeel.schedule.Reasoning.Drawn;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a list laid end to end, each destination covering as many points as it weighs, in
 * list order. Who covers a point is found in a time that does not depend on how many there are: a
 * guide holds, for each stretch of equal length, who covers its first point.
 */
final class WeightTable {
  static final int NOBODY = -1;

  /** How often a draw that fell on who is not eligible is repeated before all are looked at. */
  private static final int DRAWS = 16;

  private static final int HALF_BITS = 30;
  private static final int INDEX_BITS = 24;
  private static final long INDEX = (1L << INDEX_BITS) - 1;

  private final Destinations destinations;

  /** Where each one's points end: the sum of the weights up to and with its own. */
  private final long[] ends;

  /**
   * An alias table (Walker 1977, Vose 1991): columns of equal height, in each of which at most two
   * stand, below its upper bits' height the one whose column it is, above it the one in the lower
   * bits. Empty if all weigh the same.
   */
  private final long[] columns;

  private final int[] guide;
  private final int stretchBits;
  private final long total;

  WeightTable(Destinations destinations) {
    this.destinations = destinations;
    this.ends = new long[destinations.size()];
    long sum = 0;
    for (int i = 0; i < ends.length; i++) {
      sum += destinations.weight(i);
      ends[i] = sum;
    }
    this.total = sum;
    this.columns = allWeighTheSame() ? new long[0] : columns();
    int bits = 0;
    while (sum >> bits > 2L * ends.length) {
      bits++;
    }
    this.stretchBits = bits;
    // One more than there are stretches, so that each has a next one.
    this.guide = new int[ends.length == 0 ? 0 : (int) (sum >> bits) + 2];
    int at = 0;
    for (int stretch = 0; stretch < guide.length; stretch++) {
      while (at < ends.length - 1 && ends[at] <= (long) stretch << bits) {
        at++;
      }
      guide[stretch] = at;
    }
  }

  private boolean allWeighTheSame() {
    for (int i = 1; i < ends.length; i++) {
      if (destinations.weight(i) != destinations.weight(0)) {
        return false;
      }
    }
    return true;
  }

  /** Who is lower than a column gets somebody higher on top, who is that much lower afterwards. */
  private long[] columns() {
    int size = ends.length;
    long[] heights = new long[size];
    int[] waiting = new int[size];
    int low = 0;
    int high = size;
    for (int i = 0; i < size; i++) {
      heights[i] = (long) destinations.weight(i) * size;
      waiting[heights[i] < total ? low++ : --high] = i;
    }
    long[] filled = new long[size];
    while (low > 0 && high < size) {
      int lower = waiting[--low];
      int higher = waiting[high];
      filled[lower] = heights[lower] << INDEX_BITS | higher;
      heights[higher] -= total - heights[lower];
      if (heights[higher] < total) {
        high++;
        waiting[low++] = higher;
      }
    }
    // Only those are left whose height is that of a column.
    while (high < size) {
      filled[waiting[high]] = total << INDEX_BITS | waiting[high];
      high++;
    }
    return filled;
  }

  /** The sum of all weights. */
  long total() {
    return total;
  }

  /** Who covers a point, 0..total-1. */
  int at(long point) {
    int stretch = (int) (point >> stretchBits);
    int low = guide[stretch];
    int high = guide[stretch + 1];
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[middle] > point) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** An eligible one, each as likely as it weighs; NOBODY if none is. */
  int draw(Randomness random) {
    if (total == 0) {
      return NOBODY;
    }
    for (int i = 0; i < DRAWS; i++) {
      int index = drawColumn(random);
      if (destinations.isEligible(index)) {
        return index;
      }
    }
    return drawAmongEligible(random, NOBODY, 0);
  }

  /** As {@link #draw}, from all but one. */
  int drawOther(Randomness random, int excluded) {
    if (total == destinations.weight(excluded)) {
      return NOBODY;
    }
    for (int i = 0; i < DRAWS; i++) {
      int index = drawColumn(random);
      if (index != excluded && destinations.isEligible(index)) {
        return index;
      }
    }
    return drawAmongEligible(random, excluded, 0);
  }

  /** Anyone, each as likely as it weighs: a column, and who stands at a height in it. */
  private int drawColumn(Randomness random) {
    int column = random.nextInt(ends.length);
    if (columns.length == 0) {
      return column;
    }
    long own = columns[column];
    return drawPoint(random, total) < own >>> INDEX_BITS ? column : (int) (own & INDEX);
  }

  /**
   * As {@link #draw}, but from 0 to the sum inclusive, both of which stand for somebody: so the
   * first eligible one is as likely as if it weighed one more.
   */
  int drawInclusive(Randomness random) {
    if (total == 0) {
      return NOBODY;
    }
    for (int i = 0; i < DRAWS; i++) {
      long drawn = drawPoint(random, total + 1);
      int index = drawn == 0 ? firstEligible() : at(drawn - 1);
      if (index != NOBODY && destinations.isEligible(index)) {
        return index;
      }
    }
    return drawAmongEligible(random, NOBODY, 1);
  }

  /** The weights of the eligible together. */
  long eligibleTotal(int excluded) {
    long sum = 0;
    for (int i = 0; i < ends.length; i++) {
      if (i != excluded && destinations.isEligible(i)) {
        sum += destinations.weight(i);
      }
    }
    return sum;
  }

  /**
   * Who covers a point when only the eligible ones are laid end to end; the last of them if they
   * have become fewer meanwhile; NOBODY if none is left.
   */
  int eligibleAt(long point, int excluded) {
    long left = point;
    int last = NOBODY;
    for (int i = 0; i < ends.length && left >= 0; i++) {
      if (i != excluded && destinations.isEligible(i)) {
        left -= destinations.weight(i);
        last = i;
      }
    }
    return last;
  }

  /** What is said of who was drawn. */
  Drawn drawn(@Nullable Compared compared, int... indexes) {
    List<Draw> draws =
        IntStream.of(indexes)
            .mapToObj(i -> new Draw(destinations.get(i).endpoint(), destinations.weight(i)))
            .toList();
    return new Drawn(draws, eligibleTotal(NOBODY), compared);
  }

  private int firstEligible() {
    for (int i = 0; i < ends.length; i++) {
      if (destinations.isEligible(i)) {
        return i;
      }
    }
    return NOBODY;
  }

  /** With so many points more at the beginning, which are the first one's. */
  private int drawAmongEligible(Randomness random, int excluded, int more) {
    while (true) {
      long sum = eligibleTotal(excluded);
      if (sum == 0) {
        return NOBODY;
      }
      int index = eligibleAt(Math.max(drawPoint(random, sum + more) - more, 0), excluded);
      if (index != NOBODY) {
        return index;
      }
    }
  }

  private static long drawPoint(Randomness random, long bound) {
    if (bound <= Integer.MAX_VALUE) {
      return random.nextInt((int) bound);
    }
    // Again where the last multiple of the bound is not complete.
    long all = 1L << (2 * HALF_BITS);
    while (true) {
      long drawn =
          (long) random.nextInt(1 << HALF_BITS) << HALF_BITS | random.nextInt(1 << HALF_BITS);
      if (drawn < all / bound * bound) {
        return drawn % bound;
      }
    }
  }
}

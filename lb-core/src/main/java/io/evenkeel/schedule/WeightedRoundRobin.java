package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * net/netfilter/ipvs/ip_vs_wrr.c: walks the list again and again with a threshold that falls by the
 * greatest common divisor of the weights at each pass; who weighs at least that much is taken.
 */
final class WeightedRoundRobin implements Selector {
  private static final int HEAD = -1;

  /** How many are looked at, one after the other, before the tree is asked. */
  private static final int NEAR = 8;

  /** No mark: a threshold is never 0 in one. */
  private static final long NOBODY = 0;

  private final Destinations destinations;
  private final int divisor;
  private final int highest;

  /** A binary heap: the weights from {@link #leaves} on, and before them the heavier of two. */
  private final int[] heaviest;

  private final int leaves;

  /** Index of the last chosen in the upper half, threshold in the lower. */
  private final Stripes marks;

  WeightedRoundRobin(Destinations destinations, @Nullable Selector previous, int stripes) {
    this.destinations = destinations;
    WeightedRoundRobin before =
        previous instanceof WeightedRoundRobin p && p.marks.count() == stripes ? p : null;
    int[] divisors = new int[1 + (before == null ? 0 : countNew(before.destinations))];
    int[] maxima = new int[divisors.length];
    int gcd = 0;
    int max = 0;
    for (int i = destinations.size() - 1; i >= 0; i--) {
      gcd = gcd(gcd, destinations.weight(i));
      max = Math.max(max, destinations.weight(i));
      if (i < divisors.length) {
        divisors[i] = Math.max(gcd, 1);
        maxima[i] = max;
      }
    }
    this.divisor = Math.max(gcd, 1);
    this.highest = max - (divisor - 1);
    this.marks =
        new Stripes(
            stripes,
            stripe ->
                pack(
                    HEAD,
                    adjusted(
                        before == null ? 0 : threshold(before.marks.get(stripe)),
                        divisors,
                        maxima)));
    this.leaves = Math.max(Integer.highestOneBit(Math.max(destinations.size() - 1, 0)) << 1, 1);
    this.heaviest = new int[2 * leaves];
    for (int i = 0; i < destinations.size(); i++) {
      heaviest[leaves + i] = destinations.weight(i);
    }
    for (int node = leaves - 1; node > 0; node--) {
      heaviest[node] = Math.max(heaviest[2 * node], heaviest[2 * node + 1]);
    }
  }

  /** The kernel adjusts after each destination that is added, the newest being the first. */
  private static int adjusted(int threshold, int[] divisors, int[] maxima) {
    int adjusted = threshold;
    for (int i = divisors.length - 1; i >= 0; i--) {
      adjusted = adjusted(adjusted, Math.max(divisors[i], 1), maxima[i]);
    }
    return adjusted;
  }

  private int countNew(Destinations before) {
    Set<Destination> known = new HashSet<>();
    for (int i = 0; i < before.size(); i++) {
      known.add(before.get(i));
    }
    int count = 0;
    while (count < destinations.size() && !known.contains(destinations.get(count))) {
      count++;
    }
    return count;
  }

  /** ip_vs_wrr_dest_changed. */
  private static int adjusted(int threshold, int divisor, int max) {
    int highest = max - (divisor - 1);
    if (threshold > highest || threshold == 0) {
      return highest;
    }
    return divisor > 1 ? threshold / divisor * divisor + 1 : threshold;
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    if (highest == 0) {
      return null;
    }
    while (true) {
      long before = marks.get(flow);
      long after = walk(index(before), threshold(before));
      if (after == NOBODY) {
        after = afterNobody(index(before), threshold(before));
        if (marks.compareAndSet(flow, before, after)) {
          return null;
        }
      } else if (marks.compareAndSet(flow, before, after)) {
        return destinations.get(index(after));
      }
    }
  }

  @Override
  public Selection explain(Flow flow, long nowNanos) {
    int before = index(marks.get(flow));
    Destination chosen = select(flow, nowNanos);
    long mark = marks.get(flow);
    return new Selection(
        chosen, new Reasoning.Turn(before, index(mark), destinations.size(), threshold(mark)));
  }

  /** The next mark, at the destination that is taken. */
  private long walk(int last, int startThreshold) {
    int threshold = startThreshold;
    for (int at = last; ; at = HEAD) {
      boolean all = at == HEAD;
      while ((at = nextAtLeast(threshold, at + 1)) < destinations.size()) {
        if (destinations.isEligible(at)) {
          return pack(at, threshold);
        }
      }
      threshold = threshold > divisor ? threshold - divisor : highest;
      if (all) {
        // Nobody eligible weighs that much: the kernel's passes until someone does, at one step.
        int heaviest = heaviestEligible();
        if (heaviest == 0) {
          return NOBODY;
        }
        if (threshold > heaviest) {
          threshold -= (threshold - heaviest + divisor - 1) / divisor * divisor;
        }
      }
    }
  }

  /** The first from an index on that weighs at least so much, or the size of the list. */
  private int nextAtLeast(int threshold, int from) {
    int near = Math.min(from + NEAR, destinations.size());
    for (int index = from; index < near; index++) {
      if (destinations.weight(index) >= threshold) {
        return index;
      }
    }
    if (near == destinations.size()) {
      return near;
    }
    int node = leaves + near;
    while (heaviest[node] < threshold) {
      // Up as long as it is a right child, and to the right.
      node >>= Integer.numberOfTrailingZeros(~node);
      if (node == 0) {
        return destinations.size();
      }
      node++;
    }
    while (node < leaves) {
      node <<= 1;
      if (heaviest[node] < threshold) {
        node++;
      }
    }
    return node - leaves;
  }

  /** Where the kernel's walk ends when it finds nobody, without its passes over the whole list. */
  private long afterNobody(int last, int threshold) {
    return last == HEAD || threshold > divisor ? pack(HEAD, highest) : pack(last, 1);
  }

  private int heaviestEligible() {
    int heaviest = 0;
    for (int i = 0; i < destinations.size(); i++) {
      if (destinations.weight(i) > heaviest && destinations.isEligible(i)) {
        heaviest = destinations.weight(i);
      }
    }
    return heaviest;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private static long pack(int index, int threshold) {
    return ((long) index << 32) | threshold;
  }

  private static int index(long mark) {
    return (int) (mark >> 32);
  }

  private static int threshold(long mark) {
    return (int) mark;
  }
}

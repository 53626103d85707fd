package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import java.util.Arrays;
import java.util.BitSet;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Maglev hashing (Eisenbud et al. 2016) with a table as large as one likes and hashes of 64 bits.
 * The heaviest server takes a turn in each round, the others in as many rounds as they weigh by
 * comparison, all of them in the first one. Who weighs nothing is not in it.
 */
final class Maglev implements Selector {
  private static final int EMPTY = -1;

  private final Destinations destinations;
  private final Fallback fallback;

  /** For each place an index, or EMPTY. */
  private final int[] table;

  Maglev(Destinations destinations, int size) {
    this.destinations = destinations;
    this.fallback = new Fallback(destinations);
    this.table = new int[size];
    Arrays.fill(table, EMPTY);
    fill();
  }

  /** Whether a table can have that size: a prime, so that all skips lead to every place. */
  static boolean isSize(int size) {
    if (size < 3 || size > 1 << 24) {
      return false;
    }
    for (int divisor = 2; divisor * divisor <= size; divisor++) {
      if (size % divisor == 0) {
        return false;
      }
    }
    return true;
  }

  /** Somebody's turn in a round. */
  private record Turn(long round, int index) implements Comparable<Turn> {
    @Override
    public int compareTo(Turn other) {
      return round != other.round
          ? Long.compare(round, other.round)
          : Integer.compare(index, other.index);
    }
  }

  private void fill() {
    int size = table.length;
    int[] wanted = new int[destinations.size()];
    int[] skip = new int[destinations.size()];
    long[] taken = new long[destinations.size()];
    PriorityQueue<Turn> turns = new PriorityQueue<>();
    int heaviest = 0;
    for (int i = 0; i < wanted.length; i++) {
      long server = Mix.server(destinations.get(i));
      wanted[i] = Mix.below(size, Mix.of(server, 1));
      skip[i] = Mix.below(size - 1, Mix.of(server, 2)) + 1;
      heaviest = Math.max(heaviest, destinations.weight(i));
      if (destinations.weight(i) > 0) {
        turns.add(new Turn(0, i));
      }
    }
    BitSet full = new BitSet(size);
    for (int left = turns.isEmpty() ? 0 : size; left > 0; left--) {
      int i = turns.remove().index;
      while (full.get(wanted[i])) {
        wanted[i] = (wanted[i] + skip[i]) % size;
      }
      full.set(wanted[i]);
      table[wanted[i]] = i;
      taken[i]++;
      turns.add(new Turn(taken[i] * heaviest / destinations.weight(i), i));
    }
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    long client = Mix.client(flow);
    int index = table[Mix.below(table.length, client)];
    if (index == EMPTY) {
      return null;
    }
    if (destinations.isEligible(index)) {
      return destinations.get(index);
    }
    for (int attempt = 1; attempt <= Fallback.ATTEMPTS; attempt++) {
      int other = table[Mix.below(table.length, Mix.of(client, attempt))];
      if (destinations.isEligible(other)) {
        return destinations.get(other);
      }
    }
    return fallback.anybody(client);
  }

  @Override
  public Selection explain(Flow flow, long nowNanos) {
    Destination chosen = select(flow, nowNanos);
    long client = Mix.client(flow);
    int place = Mix.below(table.length, client);
    int attempts = 1 + Fallback.ATTEMPTS;
    return new Selection(
        chosen,
        new Reasoning.Hashed(
            Texts.client(flow, false),
            place,
            table.length,
            Probes.passedOver(
                destinations,
                chosen,
                table[place] == EMPTY ? 0 : attempts + destinations.size(),
                probe -> {
                  if (probe >= attempts) {
                    return fallback.index(client, probe - attempts);
                  }
                  long hash = probe == 0 ? client : Mix.of(client, probe);
                  return table[Mix.below(table.length, hash)];
                })));
  }
}

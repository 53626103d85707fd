package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * net/netfilter/ipvs/ip_vs_mh.c: Maglev hashing (Eisenbud et al. 2016, section 3.4). Each
 * destination has an order of its own in which it wants the places of the table, and they take
 * turns, as many in a row as they weigh for their greatest common divisor, until it is full.
 *
 * <p>What counts is the last weight that was not 0: who is quiesced keeps its places, and comes
 * back to its clients.
 */
final class MaglevHash implements Selector {
  /** The kernel's table sizes, for CONFIG_IP_VS_MH_TAB_INDEX from {@link #FIRST_INDEX} on. */
  private static final int[] SIZES = {
    251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071
  };

  private static final int FIRST_INDEX = 8;
  private static final long TABLE_KEY = 2654435761L;
  private static final long SKIP_KEY = 2654446892L;
  private static final int NOBODY = -1;

  /** After so many misses it is worth looking whether anybody is left. */
  private static final int MISSES = 64;

  private final Destinations destinations;
  private final boolean byPort;
  private final boolean fallback;
  private final Remainder remainder;

  /** For each destination the last weight that was not 0; read by the next selector. */
  private final int[] lastWeights;

  /** For each place an index, or NOBODY. */
  private final int[] table;

  MaglevHash(
      Destinations destinations, @Nullable Selector previous, int size, Set<HashOption> options) {
    this.destinations = destinations;
    this.byPort = options.contains(HashOption.PORT);
    this.fallback = options.contains(HashOption.FALLBACK);
    this.remainder = new Remainder(size);
    this.lastWeights = lastWeights(destinations, previous instanceof MaglevHash p ? p : null);
    this.table = new int[size];
    fill(Math.max(destinations.size() - size, 0));
  }

  /** Whether the kernel can be built with a table of that size. */
  static boolean isSize(int size) {
    return indexOf(size) >= 0;
  }

  private static int indexOf(int size) {
    for (int i = 0; i < SIZES.length; i++) {
      if (SIZES[i] == size) {
        return i;
      }
    }
    return -1;
  }

  private static int[] lastWeights(Destinations list, @Nullable MaglevHash before) {
    Map<Destination, Integer> known = new HashMap<>();
    for (int i = 0; before != null && i < before.lastWeights.length; i++) {
      known.put(before.destinations.get(i), before.lastWeights[i]);
    }
    int[] weights = new int[list.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] =
          list.weight(i) != 0
              ? list.weight(i)
              : Objects.requireNonNull(known.getOrDefault(list.get(i), 0));
    }
    return weights;
  }

  /**
   * Deals the places out.
   *
   * @param first who is before it, the newest, does not fit in
   */
  private void fill(int first) {
    int[] turns = turns(first);
    if (turns.length == 0) {
      Arrays.fill(table, NOBODY);
      return;
    }
    int size = table.length;
    int[] wanted = new int[turns.length];
    int[] skip = new int[turns.length];
    Remainder ofSkip = new Remainder(size - 1);
    for (int i = first; i < turns.length; i++) {
      InetSocketAddress server = destinations.get(i).address();
      int word = KernelHash.fold(server.getAddress()) + server.getPort();
      wanted[i] = remainder.of(KernelHash.sip13(word, TABLE_KEY, TABLE_KEY));
      skip[i] = ofSkip.of(KernelHash.sip13(word, SKIP_KEY, SKIP_KEY)) + 1;
    }
    BitSet taken = new BitSet(size);
    int left = size;
    while (true) {
      for (int i = first; i < turns.length; i++) {
        for (int turn = 0; turn < turns[i]; turn++) {
          while (taken.get(wanted[i])) {
            wanted[i] = (wanted[i] + skip[i]) % size;
          }
          taken.set(wanted[i]);
          table[wanted[i]] = i;
          if (--left == 0) {
            return;
          }
        }
      }
    }
  }

  /** For each destination how many turns it has in a row; empty if nobody has any. */
  private int[] turns(int first) {
    int divisor = 0;
    int heaviest = 0;
    for (int i = first; i < lastWeights.length; i++) {
      divisor = gcd(divisor, lastWeights[i]);
      heaviest = Math.max(heaviest, lastWeights[i]);
    }
    if (divisor == 0) {
      return new int[0];
    }
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(heaviest / divisor);
    int shift = Math.max(bits - (FIRST_INDEX + indexOf(table.length)) / 2, 0);
    int[] turns = new int[lastWeights.length];
    for (int i = first; i < turns.length; i++) {
      turns[i] = Math.max((lastWeights[i] / divisor) >> shift, Math.min(lastWeights[i], 1));
    }
    return turns;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    int key = key(flow);
    int place = place(key);
    int index = table[place];
    if (index == NOBODY) {
      return null;
    }
    if (destinations.isEligible(index)) {
      return destinations.get(index);
    }
    return fallback ? another(key, place) : null;
  }

  @Override
  public Selection explain(Flow flow, long nowNanos) {
    Destination chosen = select(flow, nowNanos);
    int key = key(flow);
    int place = place(key);
    int probes = table[place] == NOBODY ? 0 : fallback ? 1 + table.length : 1;
    return new Selection(
        chosen,
        new Reasoning.Hashed(
            Texts.client(flow, byPort),
            place,
            table.length,
            Probes.passedOver(
                destinations,
                chosen,
                probes,
                probe ->
                    table[probe == 0 ? place : place(key + (place + probe - 1) % table.length)])));
  }

  private int key(Flow flow) {
    int client = KernelHash.fold(flow.clientHigh(), flow.clientLow());
    return byPort ? client + flow.clientPort() : client;
  }

  private int place(int key) {
    return remainder.of(KernelHash.sip13(key, TABLE_KEY, TABLE_KEY));
  }

  /** The kernel hashes again, with each number of a place added to the key, from its own on. */
  private @Nullable Destination another(int key, int place) {
    for (int step = 0, added = place; step < table.length; step++) {
      int index = table[place(key + added)];
      if (destinations.isEligible(index)) {
        return destinations.get(index);
      }
      if (step == MISSES && !isAnyEligible()) {
        return null;
      }
      added = added + 1 < table.length ? added + 1 : 0;
    }
    return null;
  }

  private boolean isAnyEligible() {
    for (int i = 0; i < destinations.size(); i++) {
      if (destinations.isEligible(i)) {
        return true;
      }
    }
    return false;
  }
}

package io.evenkeel.schedule;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * ip_vs_mh.c, as {@link KernelService}, with whole lists of preferences as in the paper. The table
 * is made when it is first needed after a change.
 */
final class KernelMaglevHash extends KernelService {
  private static final List<Integer> PRIMES =
      List.of(251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071);

  private final int index;
  private final int size;
  private final boolean port;
  private final boolean fallback;
  private @Nullable Server[] table;
  private boolean stale;

  KernelMaglevHash(int index, boolean port, boolean fallback) {
    this.index = index;
    this.size = PRIMES.get(index - 8);
    this.port = port;
    this.fallback = fallback;
    this.table = new Server[size];
  }

  private static long hash(BigInteger number, long key) {
    byte[] message =
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(number.intValue()).array();
    byte[] twice =
        ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(key).putLong(key).array();
    return SipHash.of(message, twice, 1, 3) & 0xffff_ffffL;
  }

  @Override
  void changed() {
    stale = true;
  }

  private void fill() {
    stale = false;
    table = new Server[size];
    int divisor = 0;
    int heaviest = 0;
    for (Server server : servers) {
      divisor = BigInteger.valueOf(divisor).gcd(BigInteger.valueOf(server.lastWeight)).intValue();
      heaviest = Math.max(heaviest, server.lastWeight);
    }
    if (divisor == 0) {
      return;
    }
    int tooManyBits = BigInteger.valueOf(heaviest / divisor).bitLength() - index / 2;
    List<int[]> preferences = new ArrayList<>();
    for (Server server : servers) {
      long offset = hash(KernelSourceHash.key(server.address, true), 2654435761L) % size;
      long skip = hash(KernelSourceHash.key(server.address, true), 2654446892L) % (size - 1) + 1;
      int[] places = new int[size];
      for (int i = 0; i < size; i++) {
        places[i] = (int) ((offset + i * skip) % size);
      }
      preferences.add(places);
    }
    int[] next = new int[servers.size()];
    for (int filled = 0; filled < size; ) {
      for (int s = 0; s < next.length; s++) {
        int weight = servers.get(s).lastWeight;
        int turns = weight / divisor / (1 << Math.max(tooManyBits, 0));
        turns = turns == 0 && weight != 0 ? 1 : turns;
        for (int turn = 0; turn < turns && filled < size; turn++) {
          while (table[preferences.get(s)[next[s]]] != null) {
            next[s]++;
          }
          table[preferences.get(s)[next[s]]] = servers.get(s);
          filled++;
        }
      }
    }
  }

  @Override
  @Nullable Server choose() {
    if (stale) {
      fill();
    }
    BigInteger key = KernelSourceHash.key(client, port);
    int first = (int) (hash(key, 2654435761L) % size);
    Server server = table[first];
    if (server == null || KernelSourceHash.takes(server)) {
      return server;
    }
    for (int i = 0; fallback && i < size; i++) {
      int offset = (i + first) % size;
      Server other = table[(int) (hash(key.add(BigInteger.valueOf(offset)), 2654435761L) % size)];
      if (other != null && KernelSourceHash.takes(other)) {
        return other;
      }
    }
    return null;
  }
}

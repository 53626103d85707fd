package io.evenkeel.schedule;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/** The hash functions by which the kernel finds a server for an address. */
final class KernelHash {
  /** GOLDEN_RATIO_32 in include/linux/hash.h, since Linux 4.7. */
  private static final int GOLDEN_RATIO = 0x61c8_8647;

  private static final long IPV4_MAPPED = 0xffffL;

  private KernelHash() {}

  /**
   * An address as one number: that of an IPv4 address, all four words of an IPv6 address XORed.
   *
   * @param high first eight bytes, as {@link io.evenkeel.pool.Flow} has them
   * @param low last eight bytes
   */
  static int fold(long high, long low) {
    if (high == 0 && low >>> 32 == IPV4_MAPPED) {
      return (int) low;
    }
    long both = high ^ low;
    return (int) (both >>> 32) ^ (int) both;
  }

  /** An address as one number, as {@link #fold(long, long)}. */
  static int fold(InetAddress address) {
    ByteBuffer words = ByteBuffer.wrap(address.getAddress());
    int folded = 0;
    while (words.hasRemaining()) {
      folded ^= words.getInt();
    }
    return folded;
  }

  /**
   * hash_32 in include/linux/hash.h.
   *
   * @param bits 1..32
   * @return of so many bits
   */
  static int multiplied(int word, int bits) {
    return (word * GOLDEN_RATIO) >>> (Integer.SIZE - bits);
  }

  /**
   * hsiphash of four bytes in lib/siphash.c, as it is on 64-bit machines: SipHash (Aumasson and
   * Bernstein 2012) with one round for the message and three at the end, the lower half of it.
   *
   * @param word the four bytes, the lowest first
   * @param keyLow first eight bytes of the key, the lowest first
   * @param keyHigh last eight bytes of the key
   */
  static int sip13(int word, long keyLow, long keyHigh) {
    // The length in the highest byte: the message and its end fit into one block.
    long block = ((long) Integer.BYTES << 56) | Integer.toUnsignedLong(word);
    long a = keyLow ^ 0x736f_6d65_7073_6575L;
    long b = keyHigh ^ 0x646f_7261_6e64_6f6dL;
    long c = keyLow ^ 0x6c79_6765_6e65_7261L;
    long d = keyHigh ^ 0x7465_6462_7974_6573L ^ block;
    for (int round = 0; round < 4; round++) {
      if (round == 1) {
        a ^= block;
        c ^= 0xff;
      }
      a += b;
      b = Long.rotateLeft(b, 13) ^ a;
      a = Long.rotateLeft(a, 32);
      c += d;
      d = Long.rotateLeft(d, 16) ^ c;
      a += d;
      d = Long.rotateLeft(d, 21) ^ a;
      c += b;
      b = Long.rotateLeft(b, 17) ^ c;
      c = Long.rotateLeft(c, 32);
    }
    return (int) (a ^ b ^ c ^ d);
  }
}

package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;

/**
 * Hashes of 64 bits for what the kernel does not have: the same in every JVM, so that two directors
 * choose alike. Not against clients who choose their addresses so as to meet.
 */
final class Mix {
  private static final long STEP = 0x9e37_79b9_7f4a_7c15L;

  private Mix() {}

  /** Spreads a number over 64 bits (the finaliser of SplitMix64, Steele, Lea and Flood 2014). */
  static long of(long number) {
    long mixed = number;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d0_49bb_1331_11ebL;
    return mixed ^ (mixed >>> 31);
  }

  /** One of the many hashes that a thing has. */
  static long of(long hash, int number) {
    return of(hash + STEP * number);
  }

  /** Of the client's address; its port does not count. */
  static long client(Flow flow) {
    return of(of(flow.clientHigh() + STEP) ^ flow.clientLow());
  }

  /** Of the server's host and port as configured: not of the address, which a name may change. */
  static long server(Destination server) {
    return text(server.endpoint().toString());
  }

  static long text(String text) {
    long hash = STEP;
    for (int i = 0; i < text.length(); i++) {
      hash = of(hash ^ text.charAt(i));
    }
    return hash;
  }

  /** A number below a bound, in proportion to the hash. */
  static int below(int bound, long hash) {
    return (int) (((hash >>> 32) * bound) >>> 32);
  }
}

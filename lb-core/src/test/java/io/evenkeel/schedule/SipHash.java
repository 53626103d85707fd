package io.evenkeel.schedule;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** SipHash-c-d as its authors describe it (Aumasson and Bernstein 2012), for tests. */
final class SipHash {
  private long v0;
  private long v1;
  private long v2;
  private long v3;

  private SipHash(long k0, long k1) {
    v0 = k0 ^ 0x736f6d6570736575L;
    v1 = k1 ^ 0x646f72616e646f6dL;
    v2 = k0 ^ 0x6c7967656e657261L;
    v3 = k1 ^ 0x7465646279746573L;
  }

  static long of(byte[] message, byte[] key, int rounds, int finalRounds) {
    ByteBuffer keys = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN);
    SipHash state = new SipHash(keys.getLong(), keys.getLong());
    ByteBuffer padded =
        ByteBuffer.allocate((message.length / 8 + 1) * 8).order(ByteOrder.LITTLE_ENDIAN);
    padded.put(message);
    padded.put(padded.capacity() - 1, (byte) message.length);
    padded.rewind();
    while (padded.hasRemaining()) {
      long word = padded.getLong();
      state.v3 ^= word;
      state.rounds(rounds);
      state.v0 ^= word;
    }
    state.v2 ^= 0xff;
    state.rounds(finalRounds);
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
  }

  private void rounds(int count) {
    for (int i = 0; i < count; i++) {
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13);
      v3 = Long.rotateLeft(v3, 16);
      v1 ^= v0;
      v3 ^= v2;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = Long.rotateLeft(v1, 17);
      v3 = Long.rotateLeft(v3, 21);
      v1 ^= v2;
      v3 ^= v0;
      v2 = Long.rotateLeft(v2, 32);
    }
  }
}

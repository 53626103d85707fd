package io.evenkeel.vrrp.protocol;

import io.evenkeel.vrrp.protocol.Received.Rejected;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * What keepalived 2.4 puts behind a message with {@code auth_hmac}. Pure; not thread-safe.
 *
 * <pre>{@code
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |       1       |    key id     |               0               |
 * +---------------+---------------+-------------------------------+
 * |                  seconds, the low 32 bits                     |
 * +-------------------------------+-------------------------------+
 * |     1/65536 of a second       |            counter            |
 * +-------------------------------+-------------------------------+
 * |                        tag, 16 bytes                          |
 * +---------------------------------------------------------------+
 * }</pre>
 *
 * <p>The tag is of a prefix (4 or 6, version, virtual router, 0, source in 16 bytes), the message
 * with checksum 0, and the trailer with tag 0. Seconds, parts and counter are one number, the
 * stamp, that grows with each packet; it is compared by subtraction (RFC 1982).
 */
final class Trailer {
  static final int BYTES = 28;
  private static final int TYPE = 0;
  private static final int KEY_ID = 1;
  private static final int RESERVED = 2;
  private static final int STAMP = 4;
  private static final int TAG = 12;
  private static final int TAG_BYTES = 16;
  private static final byte SHA256 = 1;

  private static final int PREFIX_BYTES = 20;
  private static final int PREFIX_SOURCE = 4;

  private static final int SECONDS_SHIFT = 32;
  private static final int PART_BITS = 16;
  private static final int DEFAULT_INTERVALS = 3;
  private static final long DEFAULT_MIN_SECONDS = 5;

  private final Map<Integer, Mac> macs = new HashMap<>();
  private final int sendingId;
  private final int vrid;
  private final int windowSeconds;
  private @Nullable Long lastSent;

  Trailer(HmacKeys keys, int vrid, long intervalNanos) {
    keys.keys().forEach((id, key) -> macs.put(id, Macs.of(HmacKeys.ALGORITHM, key.getEncoded())));
    this.sendingId = keys.sendingId();
    this.vrid = vrid;
    Duration window = keys.replayWindow();
    this.windowSeconds =
        (int)
            (window != null
                ? window.toSeconds()
                : Math.max(
                    DEFAULT_MIN_SECONDS,
                    (DEFAULT_INTERVALS * intervalNanos + WireConfig.SECOND_NANOS - 1)
                        / WireConfig.SECOND_NANOS));
  }

  /** Writes one over the end of a message that is complete but for its checksum, which is 0. */
  void write(byte[] packet, int message, InetAddress source, Instant now) {
    int start = packet.length - BYTES;
    packet[start + TYPE] = SHA256;
    packet[start + KEY_ID] = (byte) sendingId;
    ByteBuffer.wrap(packet).putLong(start + STAMP, nextStamp(now));
    System.arraycopy(tag(sendingId, packet, message, source), 0, packet, start + TAG, TAG_BYTES);
  }

  /** The clock's, or one more than the last; the clock's again after it was set back far. */
  private long nextStamp(Instant now) {
    long part = ((long) now.getNano() << PART_BITS) / WireConfig.SECOND_NANOS;
    long clock = (now.getEpochSecond() << SECONDS_SHIFT) | (part << PART_BITS);
    Long last = lastSent;
    long next = clock;
    if (last != null && clock - last <= 0 && isNear(last, now)) {
      next = last + 1;
    }
    lastSent = next;
    return next;
  }

  /**
   * Checks the one at the end of a packet; the time first, for it costs nothing.
   *
   * @param message where the message begins
   * @param last the stamp of the last packet from there; null: none
   * @return null: it is right
   */
  @Nullable Rejected check(
      byte[] packet, int message, InetAddress source, @Nullable Long last, Instant now) {
    int start = packet.length - BYTES;
    if (packet[start + TYPE] != SHA256) {
      return new Rejected(
          Rejection.AUTHENTICATION_TYPE,
          "trailer: type " + (packet[start + TYPE] & 0xff) + " (expected: " + SHA256 + ")");
    }
    if (packet[start + RESERVED] != 0 || packet[start + RESERVED + 1] != 0) {
      return new Rejected(
          Rejection.AUTHENTICATION_TYPE, "trailer: reserved bits are set (expected: none)");
    }
    long stamp = stamp(packet);
    if (!isNear(stamp, now)) {
      int age = (int) now.getEpochSecond() - (int) (stamp >>> SECONDS_SHIFT);
      return new Rejected(
          Rejection.REPLAY,
          "trailer: " + age + " s old (expected: -" + windowSeconds + ".." + windowSeconds + ")");
    }
    int keyId = packet[start + KEY_ID] & 0xff;
    if (!macs.containsKey(keyId)) {
      return new Rejected(
          Rejection.AUTHENTICATION,
          "trailer: key " + keyId + " (expected: one of " + macs.keySet() + ")");
    }
    byte[] tag = Arrays.copyOfRange(packet, start + TAG, packet.length);
    if (!MessageDigest.isEqual(tag, tag(keyId, packet, message, source))) {
      return new Rejected(
          Rejection.AUTHENTICATION, "trailer: tag (expected: that of key " + keyId + ")");
    }
    // A stamp out of the window is of a clock that was set back.
    if (last != null && isNear(last, now) && stamp - last <= 0) {
      return new Rejected(
          Rejection.REPLAY,
          "trailer: stamp "
              + Long.toHexString(stamp)
              + " (expected: over "
              + Long.toHexString(last)
              + ")");
    }
    return null;
  }

  static long stamp(byte[] packet) {
    return ByteBuffer.wrap(packet).getLong(packet.length - BYTES + STAMP);
  }

  /** Whether a stamp's seconds are in the window around the clock's. */
  private boolean isNear(long stamp, Instant now) {
    int ahead = (int) (stamp >>> SECONDS_SHIFT) - (int) now.getEpochSecond();
    return ahead >= -windowSeconds && ahead <= windowSeconds;
  }

  private byte[] tag(int keyId, byte[] packet, int message, InetAddress source) {
    byte[] from = source.getAddress();
    byte[] prefix = new byte[PREFIX_BYTES];
    prefix[0] = (byte) (from.length == 4 ? 4 : 6);
    prefix[1] = (byte) Version.V3.number();
    prefix[2] = (byte) vrid;
    System.arraycopy(from, 0, prefix, PREFIX_SOURCE, from.length);
    byte[] proved = Arrays.copyOfRange(packet, message, packet.length);
    Arrays.fill(proved, Message.CHECKSUM, Message.CHECKSUM + 2, (byte) 0);
    Arrays.fill(proved, proved.length - TAG_BYTES, proved.length, (byte) 0);
    Mac mac = Objects.requireNonNull(macs.get(keyId));
    mac.update(prefix);
    return Arrays.copyOf(mac.doFinal(proved), TAG_BYTES);
  }
}

package io.evenkeel.vrrp.protocol;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How routers of version 3 prove that they belong together: the trailer with HMAC-SHA256 that
 * keepalived sends from 2.4 on ({@code auth_hmac}). All routers must have it, for one that does not
 * know it drops what has it. Their clocks must agree within the replay window. Immutable; its text
 * does not tell the keys.
 *
 * @param keys by their numbers, 1..255; what is received may be of any of them
 * @param sendingId the number of the one that what is sent is of
 * @param mode what is sent, and what is accepted
 * @param replayWindow how far the time in a packet may be from this host's, 1..300 s, in whole
 *     seconds; null: three intervals, and 5 s at least
 */
public record HmacKeys(
    Map<Integer, SecretKey> keys, int sendingId, Mode mode, @Nullable Duration replayWindow) {
  static final String ALGORITHM = "HmacSHA256";
  private static final int MIN_KEY_BYTES = 32;
  private static final int MAX_KEY_BYTES = 64;
  private static final int MAX_ID = 255;
  private static final long MAX_WINDOW_SECONDS = 300;

  /** Three steps by which running routers come to it. */
  public enum Mode {
    /** Sends no trailer; accepts packets without one, and those whose trailer is right. */
    RECEIVE_ONLY,
    /** Sends the trailer; accepts packets without one, and those whose trailer is right. */
    PERMISSIVE,
    /** Sends the trailer; accepts only packets whose trailer is right. */
    ENFORCE
  }

  /**
   * Copies the keys.
   *
   * @throws IllegalArgumentException if a number or a length is out of its range, or the sending
   *     key is none of the keys
   */
  public HmacKeys {
    keys = Map.copyOf(keys);
    for (Map.Entry<Integer, SecretKey> each : new TreeMap<>(keys).entrySet()) {
      if (each.getKey() < 1 || each.getKey() > MAX_ID) {
        throw new IllegalArgumentException(
            "key: " + each.getKey() + " (expected: 1.." + MAX_ID + ")");
      }
      byte[] encoded = each.getValue().getEncoded();
      // One in a module of hardware has none.
      checkLength(encoded == null ? 0 : encoded.length);
    }
    if (!keys.containsKey(sendingId)) {
      throw new IllegalArgumentException(
          "sendingId: " + sendingId + " (expected: one of " + new TreeMap<>(keys).keySet() + ")");
    }
    if (replayWindow != null
        && (replayWindow.getSeconds() < 1
            || replayWindow.compareTo(Duration.ofSeconds(MAX_WINDOW_SECONDS)) > 0
            || replayWindow.getNano() != 0)) {
      throw new IllegalArgumentException(
          "replayWindow: "
              + replayWindow
              + " (expected: whole seconds, 1.."
              + MAX_WINDOW_SECONDS
              + ")");
    }
  }

  /**
   * A key.
   *
   * @param secret 32..64 bytes; copied
   * @return of it
   * @throws IllegalArgumentException if its length is another
   */
  public static SecretKey key(byte[] secret) {
    checkLength(secret.length);
    return new SecretKeySpec(secret, ALGORITHM);
  }

  private static void checkLength(int bytes) {
    if (bytes < MIN_KEY_BYTES || bytes > MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          "key: " + bytes + " bytes (expected: " + MIN_KEY_BYTES + ".." + MAX_KEY_BYTES + ")");
    }
  }

  @Override
  public String toString() {
    return "HmacKeys[keys="
        + new TreeMap<>(keys).keySet()
        + ", sendingId="
        + sendingId
        + ", mode="
        + mode
        + ", replayWindow="
        + replayWindow
        + "]";
  }
}

package io.evenkeel.vrrp.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * How routers of version 2 prove that they belong together (RFC 2338, 5.3.6; RFC 3768 has no other
 * than none). Immutable; its text does not tell the secret.
 *
 * @param type of the proof
 * @param secret 1..8 bytes of UTF-8 without zero bytes; of none it is empty
 */
public record Authentication(Type type, String secret) {
  /** Of a secret; keepalived cuts off what is longer. */
  static final int MAX_SECRET_BYTES = 8;

  private static final Authentication NONE = new Authentication(Type.NONE, "");

  /** As it is in a packet. */
  public enum Type {
    /** No proof. */
    NONE(0),
    /** The secret, as it is: it keeps out who is wrong, not who is bad. */
    PASSWORD(1),
    /** An IP authentication header (RFC 2402) with HMAC-MD5-96 (RFC 2403), as keepalived has it. */
    HEADER(2);

    private final int number;

    Type(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  /**
   * Checks the secret.
   *
   * @throws IllegalArgumentException if its length is not what its type wants, or a zero is in it
   */
  public Authentication {
    int length = secret.getBytes(StandardCharsets.UTF_8).length;
    if (type == Type.NONE && length != 0) {
      throw new IllegalArgumentException("secret: " + length + " bytes (expected: none)");
    }
    if (type != Type.NONE
        && (length < 1 || length > MAX_SECRET_BYTES || secret.indexOf('\0') >= 0)) {
      throw new IllegalArgumentException(
          "secret: "
              + length
              + " bytes (expected: 1.."
              + MAX_SECRET_BYTES
              + " bytes, none of them 0)");
    }
  }

  /**
   * No proof.
   *
   * @return type 0
   */
  public static Authentication none() {
    return NONE;
  }

  /**
   * A password in clear text.
   *
   * @param password 1..8 bytes
   * @return type 1
   * @throws IllegalArgumentException if its length is another
   */
  public static Authentication password(String password) {
    return new Authentication(Type.PASSWORD, password);
  }

  /**
   * An IP authentication header.
   *
   * @param key 1..8 bytes
   * @return type 2
   * @throws IllegalArgumentException if its length is another
   */
  public static Authentication header(String key) {
    return new Authentication(Type.HEADER, key);
  }

  /** The secret, with zeros behind it. */
  byte[] padded() {
    return Arrays.copyOf(secret.getBytes(StandardCharsets.UTF_8), MAX_SECRET_BYTES);
  }

  @Override
  public String toString() {
    return "Authentication[type=" + type + "]";
  }
}

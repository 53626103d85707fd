package io.evenkeel.vrrp.protocol;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes message authentication codes. */
final class Macs {
  private Macs() {}

  static Mac of(String algorithm, byte[] key) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException(
          "algorithm: " + algorithm + " (expected: one that a security provider of this JVM has)",
          e);
    }
  }
}

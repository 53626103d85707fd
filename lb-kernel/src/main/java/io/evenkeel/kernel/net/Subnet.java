package io.evenkeel.kernel.net;

import io.evenkeel.kernel.sys.AddressText;
import java.net.InetAddress;

/**
 * The addresses that begin alike. Immutable.
 *
 * @param address the first of them
 * @param prefix how many bits they begin with, 0..32 or 0..128
 */
public record Subnet(InetAddress address, int prefix) {
  /**
   * Checks the prefix.
   *
   * @throws IllegalArgumentException if it is out of range, or the address has bits behind it
   */
  public Subnet {
    Names.prefix(address, prefix);
    byte[] bytes = address.getAddress();
    for (int bit = prefix; bit < Byte.SIZE * bytes.length; bit++) {
      if ((bytes[bit / Byte.SIZE] & (0x80 >> (bit % Byte.SIZE))) != 0) {
        throw new IllegalArgumentException(
            "%s/%d (expected: no bits after the first %d)"
                .formatted(AddressText.of(address), prefix, prefix));
      }
    }
  }

  @Override
  public String toString() {
    return AddressText.of(address) + "/" + prefix;
  }
}

package io.evenkeel.kernel.ipvs;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** A kind of addresses, with its number in Linux. */
public enum AddressFamily {
  /** 32 bits. */
  IPV4(2, 4),
  /** 128 bits. */
  IPV6(10, 16);

  private final int number;
  private final int bytes;

  AddressFamily(int number, int bytes) {
    this.number = number;
    this.bytes = bytes;
  }

  /**
   * That of an address.
   *
   * @param address any
   * @return its family
   */
  public static AddressFamily of(InetAddress address) {
    return address instanceof Inet6Address ? IPV6 : IPV4;
  }

  /**
   * The kernel's number.
   *
   * @return AF_INET or AF_INET6
   */
  public int number() {
    return number;
  }

  /**
   * How long an address is.
   *
   * @return 4 or 16
   */
  public int bytes() {
    return bytes;
  }

  /**
   * The longest prefix.
   *
   * @return 32 or 128
   */
  public int bits() {
    return bytes * Byte.SIZE;
  }

  /** An address of 4 or 16 bytes; one of 16 that maps an IPv4 address stays an IPv6 one. */
  static InetAddress inet(byte[] bytes) {
    try {
      return bytes.length == IPV6.bytes
          ? Inet6Address.getByAddress(null, bytes, -1)
          : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}

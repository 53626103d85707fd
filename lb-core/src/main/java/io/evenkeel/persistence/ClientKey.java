package io.evenkeel.persistence;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A client's address without the bits that do not count. The rest of the kernel's template key
 * (protocol, virtual address and port, or the mark) is the same for all templates of one service,
 * and each service has a table of its own. One in a table never changes; one for look-ups is
 * changed by the thread that owns it.
 */
final class ClientKey {
  private static final int IPV4_MAPPED = 0xffff;

  private long high;
  private long low;

  ClientKey(long high, long low) {
    this.high = high;
    this.low = low;
  }

  /** The key of an address that was masked before. */
  static ClientKey of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet4Address
        ? new ClientKey(0, ((long) IPV4_MAPPED << 32) | Integer.toUnsignedLong(bytes.getInt()))
        : new ClientKey(bytes.getLong(), bytes.getLong());
  }

  ClientKey copy() {
    return new ClientKey(high, low);
  }

  long high() {
    return high;
  }

  long low() {
    return low;
  }

  /** Becomes an address under the mask of its family. */
  ClientKey set(long clientHigh, long clientLow, Settings settings) {
    if (isIpv4(clientHigh, clientLow)) {
      high = 0;
      low = clientLow & settings.ipv4Mask();
    } else {
      high = clientHigh & settings.ipv6HighMask();
      low = clientLow & settings.ipv6LowMask();
    }
    return this;
  }

  /** RFC 4291 section 2.5.5.2. */
  private static boolean isIpv4(long high, long low) {
    return high == 0 && low >>> 32 == IPV4_MAPPED;
  }

  /** The address, or the first one under the mask. */
  InetAddress address() {
    ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low);
    try {
      // Java makes an Inet4Address of one that is mapped, also where the mask took all of it.
      return InetAddress.getByAddress(bytes.array());
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClientKey key && key.high == high && key.low == low;
  }

  @Override
  public int hashCode() {
    // Neighbours differ in their last bits, and groups of clients in the middle ones.
    return Long.hashCode((high * 31 + low) * 0x9e37_79b9_7f4a_7c15L);
  }
}

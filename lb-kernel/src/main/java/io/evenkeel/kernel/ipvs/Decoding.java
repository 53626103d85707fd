package io.evenkeel.kernel.ipvs;

import io.evenkeel.kernel.netlink.Attributes;
import io.evenkeel.kernel.netlink.MalformedException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntToLongFunction;
import java.util.function.Supplier;

/** What the kernel's answers are made of, held to what it can be. Pure. */
final class Decoding {
  private Decoding() {}

  /** The kernel answers with the command that would bring about what it tells of. */
  static Attributes attributes(ByteBuffer payload, int command) {
    if (payload.remaining() < IpvsCodec.GENL_HEADER_BYTES) {
      throw new MalformedException(
          "generic netlink header: "
              + payload.remaining()
              + " bytes (expected: "
              + IpvsCodec.GENL_HEADER_BYTES
              + " or more)");
    }
    int actual = payload.get(payload.position()) & 0xff;
    if (actual != command) {
      throw new MalformedException("command: " + actual + " (expected: " + command + ")");
    }
    return Attributes.parse(
        payload.slice(
            payload.position() + IpvsCodec.GENL_HEADER_BYTES,
            payload.remaining() - IpvsCodec.GENL_HEADER_BYTES));
  }

  static IpvsStats stats(Attributes a, int type64, int type32) {
    if (a.has(type64)) {
      Attributes s = a.nested(type64);
      return stats(s::u64);
    }
    if (a.has(type32)) {
      Attributes s = a.nested(type32);
      // Bytes have 64 bits here, too.
      return stats(type -> type == 4 || type == 5 ? s.u64(type) : s.u32(type));
    }
    return IpvsStats.ZERO;
  }

  /** IPVS_STATS_ATTR_*, from 1. */
  private static IpvsStats stats(IntToLongFunction value) {
    return new IpvsStats(
        value.applyAsLong(1),
        value.applyAsLong(2),
        value.applyAsLong(3),
        value.applyAsLong(4),
        value.applyAsLong(5),
        value.applyAsLong(6),
        value.applyAsLong(7),
        value.applyAsLong(8),
        value.applyAsLong(9),
        value.applyAsLong(10));
  }

  static AddressFamily family(int number) {
    for (AddressFamily family : AddressFamily.values()) {
      if (family.number() == number) {
        return family;
      }
    }
    throw new MalformedException("address family: " + number + " (expected: 2 or 10)");
  }

  static <T> T oneOf(String name, T[] values, int index) {
    if (index < 0 || index >= values.length) {
      throw new MalformedException(
          name + ": " + index + " (expected: 0.." + (values.length - 1) + ")");
    }
    return values[index];
  }

  static InetAddress address(Attributes a, int type, AddressFamily family) {
    return AddressFamily.inet(
        Arrays.copyOf(a.bytes(type, IpvsCodec.ADDRESS_BYTES), family.bytes()));
  }

  /** What the kernel should not say is malformed, whoever finds out. */
  static <T> T decoded(Supplier<T> decoder) {
    try {
      return decoder.get();
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()));
    }
  }
}

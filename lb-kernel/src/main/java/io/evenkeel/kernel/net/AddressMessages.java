package io.evenkeel.kernel.net;

import io.evenkeel.kernel.netlink.Attributes;
import io.evenkeel.kernel.netlink.MalformedException;
import io.evenkeel.kernel.netlink.MessageWriter;
import io.evenkeel.kernel.netlink.Request;
import io.evenkeel.kernel.sys.Sys;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Addresses in rtnetlink's words (struct ifaddrmsg, IFA_*). Pure. */
final class AddressMessages {
  /** INFINITY_LIFE_TIME. */
  static final int FOR_EVER = -1;

  static final int NEW = 20;
  static final int DELETE = 21;
  private static final int GET = 22;
  private static final int HEADER_BYTES = 8;

  private static final int ADDRESS = 1;
  private static final int LOCAL = 2;
  private static final int LABEL = 3;
  private static final int CACHE_INFO = 6;
  private static final int FLAGS = 8;

  private static final int FLAG_NODAD = 2;
  private static final int FLAG_DAD_FAILED = 8;
  private static final int FLAG_DEPRECATED = 0x20;
  private static final int FLAG_TENTATIVE = 0x40;
  private static final int NOT_A_SOURCE = FLAG_DAD_FAILED | FLAG_DEPRECATED | FLAG_TENTATIVE;

  private AddressMessages() {}

  /**
   * An address as the kernel tells of it.
   *
   * @param index the device's
   * @param peer the address of the other end, or once more that of this one: two addresses may
   *     differ in it alone
   * @param flags IFA_F_*
   */
  record Found(
      InetAddress address,
      int prefix,
      int index,
      InetAddress peer,
      int scope,
      @Nullable String label,
      int flags) {

    /** Whether packets that do not ask for another may have it as their source. */
    boolean isSource() {
      return (flags & NOT_A_SOURCE) == 0;
    }

    Address on(String device) {
      return new Address(
          address,
          prefix,
          device,
          scope,
          label,
          (flags & FLAG_NODAD) != 0,
          (flags & FLAG_DEPRECATED) != 0);
    }
  }

  static Request list() {
    return new Request(
        "addresses", GET, 0, writer -> writer.header(HEADER_BYTES).put(new byte[HEADER_BYTES]));
  }

  /**
   * Adds it; fails if it is there.
   *
   * @param seconds until the kernel takes it away, or {@link #FOR_EVER}
   */
  static Request add(Address address, int index, int seconds) {
    return request(address, index, seconds, Request.CREATE | Request.EXCLUSIVE);
  }

  /** Adds it, or gives it this lifetime from now on if it is there. */
  static Request renew(Address address, int index, int seconds) {
    return request(address, index, seconds, Request.CREATE | Request.REPLACE);
  }

  private static Request request(Address address, int index, int seconds, int flags) {
    return new Request(
        "address " + address,
        NEW,
        flags,
        writer -> {
          write(writer, address, index);
          String label = address.label();
          if (label != null) {
            writer.string(LABEL, label);
          }
          if (address.noDad()) {
            writer.u32(FLAGS, FLAG_NODAD);
          }
          if (address.deprecated() || seconds != FOR_EVER) {
            // struct ifa_cacheinfo: how long it is preferred, how long it is valid.
            ByteBuffer times =
                ByteBuffer.allocate(4 * Integer.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .putInt(address.deprecated() ? 0 : seconds)
                    .putInt(seconds);
            writer.bytes(CACHE_INFO, times.array());
          }
        });
  }

  static Request remove(Address address, int index) {
    return new Request("address " + address, DELETE, 0, writer -> write(writer, address, index));
  }

  private static void write(MessageWriter writer, Address address, int index) {
    byte[] bytes = address.address().getAddress();
    writer
        .header(HEADER_BYTES)
        .put((byte) (Names.isV6(address.address()) ? Sys.AF_INET6 : Sys.AF_INET))
        .put((byte) address.prefix())
        .put((byte) 0)
        .put((byte) address.scope())
        .putInt(index);
    writer.bytes(LOCAL, bytes).bytes(ADDRESS, bytes);
  }

  /**
   * What a message tells of.
   *
   * @return null: it is of another family
   */
  static @Nullable Found parse(ByteBuffer message) {
    if (message.remaining() < HEADER_BYTES) {
      throw new MalformedException(
          "ifaddrmsg: " + message.remaining() + " bytes (expected: " + HEADER_BYTES + " or more)");
    }
    int family = message.get(0);
    if (family != Sys.AF_INET && family != Sys.AF_INET6) {
      return null;
    }
    int bytes = (family == Sys.AF_INET6 ? Names.BITS_V6 : Names.BITS_V4) / 8;
    Attributes attributes =
        Attributes.parse(message.slice(HEADER_BYTES, message.remaining() - HEADER_BYTES));
    InetAddress peer = Names.address(attributes.bytes(ADDRESS, bytes));
    int prefix = message.get(1) & 0xff;
    if (prefix > Names.bits(peer)) {
      throw new MalformedException(
          "prefix: " + prefix + " (expected: 0.." + Names.bits(peer) + ")");
    }
    return new Found(
        attributes.has(LOCAL) ? Names.address(attributes.bytes(LOCAL, bytes)) : peer,
        prefix,
        message.getInt(4),
        peer,
        message.get(3) & 0xff,
        attributes.has(LABEL) ? attributes.string(LABEL) : null,
        attributes.has(FLAGS) ? (int) attributes.u32(FLAGS) : message.get(2) & 0xff);
  }
}

package io.evenkeel.kernel.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One message (struct nlmsghdr in linux/netlink.h).
 *
 * @param type of the message
 * @param flags NLM_F_*
 * @param sequence that of the request it answers
 * @param payload what follows the header, in the machine's byte order; a view of the datagram
 */
record NetlinkMessage(int type, int flags, int sequence, ByteBuffer payload) {
  static final int HEADER_BYTES = 16;
  static final int NOOP = 1;
  static final int ERROR = 2;
  static final int DONE = 3;

  /** The first type that is a family's own; those below are netlink's. */
  static final int MIN_TYPE = 0x10;

  static final int FLAG_DUMP_INTERRUPTED = 0x10;
  static final int FLAG_CAPPED = 0x100;
  static final int FLAG_ACK_TLVS = 0x200;

  /**
   * Takes the next message off a datagram.
   *
   * @throws MalformedException if its length is not that of a message in the datagram
   */
  static NetlinkMessage next(ByteBuffer datagram) {
    int start = datagram.position();
    int left = datagram.remaining();
    if (left < HEADER_BYTES) {
      throw new MalformedException(
          "message: " + left + " bytes (expected: " + HEADER_BYTES + " or more)");
    }
    int length = datagram.getInt(start);
    if (length < HEADER_BYTES || length > left) {
      throw new MalformedException(
          "message length: "
              + Integer.toUnsignedString(length)
              + " (expected: "
              + HEADER_BYTES
              + ".."
              + left
              + ")");
    }
    NetlinkMessage message =
        new NetlinkMessage(
            datagram.getShort(start + 4) & 0xffff,
            datagram.getShort(start + 6) & 0xffff,
            datagram.getInt(start + 8),
            datagram
                .slice(start + HEADER_BYTES, length - HEADER_BYTES)
                .order(ByteOrder.nativeOrder()));
    datagram.position(start + Math.min((length + 3) & ~3, left));
    return message;
  }

  boolean is(int flag) {
    return (flags & flag) != 0;
  }

  /**
   * The error that an ERROR or DONE message tells of.
   *
   * @return errno; 0: none
   */
  int errno() {
    if (payload.remaining() < Integer.BYTES) {
      // A DONE without a code was sent before Linux 2.6.25.
      if (type == DONE && payload.remaining() == 0) {
        return 0;
      }
      throw new MalformedException(
          "error code: " + payload.remaining() + " bytes (expected: " + Integer.BYTES + ")");
    }
    int code = payload.getInt(0);
    if (code > 0 || code == Integer.MIN_VALUE) {
      throw new MalformedException("error code: " + code + " (expected: 0 or less)");
    }
    return -code;
  }

  /**
   * What the kernel says of an error besides its number (NLMSGERR_ATTR_MSG).
   *
   * @return the sentence; empty if it says none
   */
  String explanation() {
    if (!is(FLAG_ACK_TLVS)) {
      return "";
    }
    // The code and the refused message come first: of that only the header if capped.
    int skipped = Integer.BYTES + HEADER_BYTES;
    if (type == DONE) {
      skipped = Integer.BYTES;
    } else if (!is(FLAG_CAPPED) && payload.remaining() >= skipped) {
      long length = Integer.toUnsignedLong(payload.getInt(Integer.BYTES));
      skipped = (int) Math.min(Integer.BYTES + ((length + 3) & ~3L), payload.remaining());
    }
    if (payload.remaining() < skipped) {
      return "";
    }
    Attributes more = Attributes.parse(payload.slice(skipped, payload.remaining() - skipped));
    return more.has(1) ? more.string(1) : "";
  }
}

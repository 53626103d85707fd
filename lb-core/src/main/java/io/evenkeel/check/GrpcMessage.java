package io.evenkeel.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The two messages of grpc.health.v1 (health.proto): request {@code string service = 1}, response
 * {@code ServingStatus status = 1}. In gRPC each has a prefix of a flag and a length.
 */
final class GrpcMessage {
  /** A flag for compression and four bytes of length. */
  static final int PREFIX_BYTES = 5;

  /** The longest response that is read: two bytes, and what later versions may add. */
  static final int MAX_BYTES = 4096;

  private static final String[] STATUSES = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};

  private static final int MAX_VARINT_BITS = 64;
  private static final int FIELD_1_VARINT = 1 << 3;
  private static final int FIELD_1_LENGTH = (1 << 3) | 2;

  private final ByteBuf in;
  private boolean malformed;

  private GrpcMessage(ByteBuf in) {
    this.in = in;
  }

  /** With its prefix. */
  static ByteBuf request(String service) {
    byte[] name = service.getBytes(StandardCharsets.UTF_8);
    ByteBuf message = Unpooled.buffer(PREFIX_BYTES + 4 + name.length).writeZero(PREFIX_BYTES);
    if (name.length > 0) {
      message.writeByte(FIELD_1_LENGTH);
      int length = name.length;
      for (; length > 0x7f; length >>>= 7) {
        message.writeByte((length & 0x7f) | 0x80);
      }
      message.writeByte(length).writeBytes(name);
    }
    return message.setInt(1, message.readableBytes() - PREFIX_BYTES);
  }

  /**
   * The status in a response without its prefix, which is read to its end: a name of health.proto,
   * or a number that it does not know.
   *
   * @return null if it is not such a message
   */
  static @Nullable String status(ByteBuf response) {
    return new GrpcMessage(response).status();
  }

  private @Nullable String status() {
    int status = 0;
    while (!malformed && in.isReadable()) {
      long tag = varint();
      if (tag == FIELD_1_VARINT) {
        // The last one counts, and of it what fits into an enum.
        status = (int) varint();
      } else {
        skipField(tag);
      }
    }
    if (malformed) {
      return null;
    }
    return status >= 0 && status < STATUSES.length ? STATUSES[status] : "status " + status;
  }

  private void skipField(long tag) {
    // Field numbers are 1..2^29-1.
    malformed |= tag >>> 3 == 0 || tag >>> 32 != 0;
    switch ((int) tag & 7) {
      case 0 -> varint();
      case 1 -> skip(8);
      case 2 -> skip(varint());
      case 5 -> skip(4);
      default -> malformed = true;
    }
  }

  private void skip(long bytes) {
    if (bytes < 0 || bytes > in.readableBytes()) {
      malformed = true;
    } else {
      in.skipBytes((int) bytes);
    }
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < MAX_VARINT_BITS && in.isReadable(); shift += 7) {
      byte next = in.readByte();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    malformed = true;
    return 0;
  }
}

package io.evenkeel.vrrp.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.evenkeel.vrrp.protocol.Received.Accepted;
import io.evenkeel.vrrp.protocol.Received.Rejected;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each byte of a packet, with each other value. None is without protection: on IPv4 what neither
 * the checksum of the message nor a proof covers (service, identification, flags, a peer's hop
 * limit) is covered by that of the IP header. On IPv6 the packet has no such bytes.
 */
class WireMutationTest {
  private static final int AH_BYTES = 24;
  private static final int TRAILER_BYTES = 28;

  @ParameterizedTest
  @EnumSource
  void decode_aByteIsAnother_isRejectedForIt(Captures capture) {
    Wire wire = new Wire(capture.config());
    byte[] original = capture.bytes();
    for (int at = 0; at < original.length; at++) {
      for (int change = 1; change < 256; change++) {
        byte[] bytes = original.clone();
        bytes[at] ^= (byte) change;

        Received received = wire.decode(capture.packet(bytes), 0, Captures.NOW);

        String what = "byte " + at + ": " + (bytes[at] & 0xff) + ": " + received;
        assertEquals(
            expected(capture, bytes, at),
            assertInstanceOf(Rejected.class, received, what).rejection(),
            what);
      }
    }
    // Nothing of them was remembered.
    assertInstanceOf(Accepted.class, wire.decode(capture.packet(), 0, Captures.NOW));
  }

  @ParameterizedTest
  @EnumSource
  void decode_cutOff_isRejected(Captures capture) {
    Wire wire = new Wire(capture.config());
    byte[] original = capture.bytes();
    for (int length = 0; length < original.length; length++) {
      byte[] bytes = Arrays.copyOf(original, length);
      Packet packet = new Packet(capture.source(), capture.destination(), 255, bytes);

      assertInstanceOf(Rejected.class, wire.decode(packet, 0, Captures.NOW), "bytes: " + length);
    }
  }

  private static Rejection expected(Captures capture, byte[] bytes, int at) {
    int start = capture.start();
    if (at < start) {
      return at < Ipv4Header.BYTES ? ofIpv4(capture, bytes, at) : Rejection.AUTHENTICATION;
    }
    return ofMessage(capture, bytes, at - start);
  }

  private static Rejection ofIpv4(Captures capture, byte[] bytes, int at) {
    boolean isProved = capture.hasHeader();
    return switch (at) {
      case 0, 2, 3 -> Rejection.LENGTH;
      case 6, 7 -> ((bytes[6] & 0x3f) | bytes[7]) != 0 ? Rejection.LENGTH : Rejection.CHECKSUM;
      case 8 -> capture.isUnicast() ? Rejection.CHECKSUM : Rejection.TTL;
      case 9 -> ofProtocol(capture, bytes);
      case 4, 5, 16, 17, 18, 19 -> isProved ? Rejection.AUTHENTICATION : Rejection.CHECKSUM;
      case 12, 13, 14, 15 ->
          isProved || capture.hasTrailer() ? Rejection.AUTHENTICATION : Rejection.CHECKSUM;
      default -> Rejection.CHECKSUM;
    };
  }

  /** The message seems to begin elsewhere. */
  private static Rejection ofProtocol(Captures capture, byte[] bytes) {
    if (capture.hasHeader()) {
      return Rejection.VERSION;
    }
    if (bytes[9] != 51) {
      return Rejection.CHECKSUM;
    }
    return bytes.length < Ipv4Header.BYTES + AH_BYTES + Message.ADDRESSES
        ? Rejection.LENGTH
        : Rejection.VERSION;
  }

  private static Rejection ofMessage(Captures capture, byte[] bytes, int at) {
    Message message = new Message(bytes, capture.start());
    boolean isProved = capture.hasHeader() || capture.hasTrailer();
    int version = capture.isV2() ? 2 : 3;
    if (at == Message.VERSION_AND_TYPE && message.version() != version) {
      return Rejection.VERSION;
    }
    if (at == Message.VRID) {
      return Rejection.VRID;
    }
    if (at == Message.AUTHENTICATION_TYPE && capture.isV2()) {
      return Rejection.AUTHENTICATION_TYPE;
    }
    if (at == Message.CHECKSUM || at == Message.CHECKSUM + 1) {
      return capture.hasHeader() ? Rejection.AUTHENTICATION : Rejection.CHECKSUM;
    }
    if (capture.hasTrailer()) {
      return ofTrailed(capture, bytes, at);
    }
    if (isProved || isPassword(capture, message, at)) {
      return Rejection.AUTHENTICATION;
    }
    return ofPlain(capture, message, at);
  }

  private static Rejection ofPlain(Captures capture, Message message, int at) {
    return switch (at) {
      case Message.VERSION_AND_TYPE -> Rejection.TYPE;
      case Message.COUNT ->
          message.count() == 0 || message.count() > capture.addresses().size()
              ? Rejection.ADDRESS_COUNT
              : Rejection.LENGTH;
      case 4, 5 ->
          capture.isV2() || message.intervalNanos() == 0 ? Rejection.INTERVAL : Rejection.CHECKSUM;
      default -> Rejection.CHECKSUM;
    };
  }

  private static boolean isPassword(Captures capture, Message message, int at) {
    return capture.name().startsWith("V2_PASSWORD")
        && at >= message.length() - Message.PASSWORD_BYTES;
  }

  private static Rejection ofTrailed(Captures capture, byte[] bytes, int at) {
    int inTrailer = at - (bytes.length - TRAILER_BYTES - capture.start());
    if (at == Message.COUNT || inTrailer == 0 || inTrailer == 2 || inTrailer == 3) {
      return Rejection.AUTHENTICATION_TYPE;
    }
    if (inTrailer >= 4 && inTrailer < 8) {
      int seconds = ByteBuffer.wrap(bytes).getInt(bytes.length - TRAILER_BYTES + 4);
      boolean isNear = Math.abs((long) seconds - Captures.NOW.getEpochSecond()) <= 5;
      return isNear ? Rejection.AUTHENTICATION : Rejection.REPLAY;
    }
    return Rejection.AUTHENTICATION;
  }
}

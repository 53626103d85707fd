package io.evenkeel.vrrp.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.evenkeel.vrrp.protocol.Received.Accepted;
import io.evenkeel.vrrp.protocol.Received.Rejected;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One thing that is wrong, where everything else is right: checksums too. */
class WireRejectionTest {
  private static final InetAddress SELF = Captures.address("192.0.2.9");

  @ParameterizedTest(name = "{1}: {2}")
  @MethodSource("wrong")
  void decode_oneThingIsWrong_isRejectedWithIt(
      WireConfig config, Rejection rejection, String detail, Packet packet) {
    Wire wire = new Wire(config);

    assertEquals(new Rejected(rejection, detail), wire.decode(packet, 0, Captures.NOW));
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
            lengths(),
            heads(),
            proofs(),
            Stream.of(
                wrong(
                    Captures.V2_NONE,
                    Rejection.INTERVAL,
                    "interval in s: 2 (expected: 1)",
                    set(Captures.V2_NONE, 25, 2)),
                wrong(
                    Captures.V3_V4,
                    Rejection.INTERVAL,
                    "interval in 1/100 s: 0 (expected: 1 or more)",
                    set(Captures.V3_V4, 24, 0, 0)),
                wrong(
                    Captures.V3_V4,
                    Rejection.TYPE,
                    "type: 2 (expected: 1)",
                    set(Captures.V3_V4, 20, 0x32)),
                wrong(
                    Captures.V3_V4,
                    Rejection.ADDRESS_COUNT,
                    "count: 0 (expected: 1 or more)",
                    set(Captures.V3_V4, 23, 0)),
                wrong(
                    Captures.V3_V4,
                    Rejection.ADDRESS_COUNT,
                    "count: 3 (expected: what 16 bytes have room for)",
                    set(Captures.V3_V4, 23, 3)),
                wrong(
                    Captures.V3_V4,
                    Rejection.LENGTH,
                    "message: 16 (expected: 12)",
                    set(Captures.V3_V4, 23, 1)),
                wrong(
                    Captures.V3_V6,
                    Rejection.CHECKSUM,
                    "checksum: VRRP's (expected: that of the packet)",
                    Captures.V3_V6.packet(changed(Captures.V3_V6.bytes(), 7, 0))),
                wrong(
                    Captures.V3_V4,
                    Rejection.CHECKSUM,
                    "checksum: IP's (expected: that of the packet)",
                    Captures.V3_V4.packet(changed(Captures.V3_V4.bytes(), 1, 0)))),
            directions())
        .flatMap(each -> each);
  }

  private static Stream<Arguments> lengths() {
    byte[] whole = Captures.V3_V4.bytes();
    byte[] trailing = Arrays.copyOf(whole, whole.length + 1);
    byte[] options = new byte[whole.length + 4];
    System.arraycopy(whole, 0, options, 0, 20);
    System.arraycopy(whole, 20, options, 24, whole.length - 20);
    options[0] = 0x46;
    byte[] cut = Arrays.copyOf(Captures.V3_V4.bytes(), 27);
    byte[] cutHeader = Arrays.copyOf(Captures.V2_HEADER.bytes(), 51);
    byte[] cutV6 = Arrays.copyOf(Captures.V3_V6.bytes(), 7);
    return Stream.of(
        wrong(
            Captures.V3_V4,
            Rejection.LENGTH,
            "packet: 19 bytes (expected: 20 or more)",
            packet(Captures.V3_V4, Arrays.copyOf(whole, 19))),
        wrong(
            Captures.V3_V4,
            Rejection.LENGTH,
            "total length: 36 (expected: 35)",
            packet(Captures.V3_V4, Arrays.copyOf(whole, 35))),
        wrong(
            Captures.V3_V4,
            Rejection.LENGTH,
            "total length: 36 (expected: 37)",
            packet(Captures.V3_V4, trailing)),
        wrong(
            Captures.V3_V4,
            Rejection.LENGTH,
            "message: 17 (expected: 16)",
            Captures.V3_V4.packet(repaired(Captures.V3_V4, trailing))),
        wrong(
            Captures.V3_V4,
            Rejection.LENGTH,
            "header: version and words 0x46 (expected: 0x45)",
            packet(Captures.V3_V4, repaired(Captures.V3_V4, options))),
        wrong(
            Captures.V3_V4,
            Rejection.LENGTH,
            "fragment: 0x2000 (expected: the whole packet)",
            set(Captures.V3_V4, 6, 0x20)),
        wrong(
            Captures.V3_V4,
            Rejection.LENGTH,
            "fragment: 0x1 (expected: the whole packet)",
            set(Captures.V3_V4, 7, 1)),
        wrong(
            Captures.V3_V4,
            Rejection.LENGTH,
            "packet: 27 (expected: 28 or more)",
            packet(Captures.V3_V4, repaired(Captures.V3_V4, cut))),
        wrong(
            Captures.V2_HEADER,
            Rejection.LENGTH,
            "packet: 51 (expected: 52 or more)",
            packet(Captures.V2_HEADER, repaired(Captures.V2_HEADER, cutHeader))),
        wrong(
            Captures.V3_V6,
            Rejection.LENGTH,
            "packet: 7 (expected: 8 or more)",
            packet(Captures.V3_V6, cutV6)),
        wrong(
            Captures.V3_V6.config(),
            Rejection.LENGTH,
            "message: 68 (expected: 40)",
            Captures.V3_V6.packet(
                repaired(Captures.V3_V6, Arrays.copyOf(Captures.V3_V6.bytes(), 68)))));
  }

  private static Stream<Arguments> heads() {
    Packet far = Captures.V3_V6.packet();
    return Stream.of(
        wrong(
            Captures.V3_V4, Rejection.TTL, "ttl: 254 (expected: 255)", set(Captures.V3_V4, 8, 254)),
        wrong(
            Captures.V3_V6,
            Rejection.TTL,
            "ttl: 254 (expected: 255)",
            new Packet(far.source(), far.destination(), 254, far.bytes())),
        wrong(
            unicast(64),
            Rejection.TTL,
            "ttl: 63 (expected: 64 or more)",
            set(Captures.V3_V4_UNICAST, 8, 63)),
        wrong(
            Captures.V3_V4,
            Rejection.VERSION,
            "version: 4 (expected: 3)",
            set(Captures.V3_V4, 20, 0x41)),
        wrong(
            Captures.V3_V4,
            Rejection.VERSION,
            "version: 2 (expected: 3)",
            Captures.V2_NONE.packet()),
        wrong(
            Captures.V2_NONE,
            Rejection.VERSION,
            "version: 3 (expected: 2)",
            Captures.V3_V4.packet()),
        wrong(Captures.V3_V4, Rejection.VRID, "vrid: 5 (expected: 4)", set(Captures.V3_V4, 21, 5)));
  }

  private static Stream<Arguments> proofs() {
    WireConfig withKeys = Captures.V3_V4_PLAIN_TRAILER.config();
    byte[] unsigned =
        repaired(
            Captures.V3_V4_PLAIN_TRAILER, Arrays.copyOf(Captures.V3_V4_PLAIN_TRAILER.bytes(), 32));
    return Stream.of(
        wrong(
            like(Captures.V2_PASSWORD, Authentication.none()),
            Rejection.AUTHENTICATION_TYPE,
            "authentication type: 1 (expected: 0)",
            Captures.V2_PASSWORD.packet()),
        wrong(
            like(Captures.V2_NONE, Authentication.password("secret")),
            Rejection.AUTHENTICATION_TYPE,
            "authentication type: 0 (expected: 1)",
            Captures.V2_NONE.packet()),
        wrong(
            like(Captures.V2_HEADER, Authentication.password("secret12")),
            Rejection.AUTHENTICATION_TYPE,
            "authentication type: 2 (expected: 1)",
            Captures.V2_HEADER.packet()),
        wrong(
            like(Captures.V2_NONE, Authentication.header("secret12")),
            Rejection.AUTHENTICATION_TYPE,
            "protocol: 112 (expected: 51)",
            set(Captures.V2_NONE, 24, 2)),
        wrong(
            like(Captures.V2_PASSWORD, Authentication.password("secreT")),
            Rejection.AUTHENTICATION,
            "password: another (expected: this router's)",
            Captures.V2_PASSWORD.packet()),
        wrong(
            like(Captures.V2_HEADER, Authentication.header("secret13")),
            Rejection.AUTHENTICATION,
            "authentication header: check value (expected: that of the key)",
            Captures.V2_HEADER.packet()),
        wrong(
            Captures.V2_HEADER,
            Rejection.AUTHENTICATION,
            "authentication header: index (expected: the source address)",
            new Packet(SELF, Captures.GROUP_V4, 255, Captures.V2_HEADER.bytes())),
        wrong(
            withKeys,
            Rejection.AUTHENTICATION_TYPE,
            "trailer: none (expected: one)",
            Captures.V3_V4_PLAIN_TRAILER.packet(unsigned)));
  }

  private static Stream<Arguments> directions() {
    Packet multicast = Captures.V3_V4.packet();
    return Stream.of(
        wrong(
            like(Captures.V3_V4, Set.of(Captures.V3_V4.source()), 0),
            Rejection.DESTINATION,
            "destination: 224.0.0.18 (expected: this host)",
            multicast),
        wrong(
            like(Captures.V3_V4_UNICAST, Set.of(), 0),
            Rejection.DESTINATION,
            "destination: 192.0.2.2 (expected: the multicast group)",
            Captures.V3_V4_UNICAST.packet()),
        wrong(
            like(Captures.V3_V4_UNICAST, Set.of(SELF), 0),
            Rejection.SOURCE,
            "source: 192.0.2.1 (expected: a peer)",
            Captures.V3_V4_UNICAST.packet()));
  }

  @Test
  void decode_fromItself_isRejected() {
    Wire wire = new Wire(Captures.V3_V4.config());
    InetAddress self = Captures.V3_V4.source();
    assertInstanceOf(Accepted.class, wire.decode(Captures.V3_V4.packet(), 0, Captures.NOW));

    wire.encode(100, self, Captures.GROUP_V4, Captures.NOW);

    assertEquals(
        new Rejected(Rejection.OWN, "source: 192.0.2.1 (expected: another host)"),
        wire.decode(Captures.V3_V4.packet(), 0, Captures.NOW));
  }

  @Test
  void decode_theSameHeaderTwice_isRejectedTheSecondTime() {
    Wire wire = new Wire(Captures.V2_HEADER.config());
    assertInstanceOf(Accepted.class, wire.decode(Captures.V2_HEADER.packet(), 0, Captures.NOW));

    assertEquals(
        new Rejected(
            Rejection.REPLAY, "authentication header: sequence number 2 (expected: over 2)"),
        wire.decode(Captures.V2_HEADER.packet(), 0, Captures.NOW));
  }

  @Test
  void wrong_allOfThem_coverEveryRejection() {
    Set<Rejection> seen = EnumSet.of(Rejection.OWN, Rejection.REPLAY);
    wrong().forEach(each -> seen.add((Rejection) each.get()[1]));

    assertEquals(new TreeSet<>(List.of(Rejection.values())), new TreeSet<>(seen));
  }

  private static Arguments wrong(
      Captures capture, Rejection rejection, String detail, Packet packet) {
    return wrong(capture.config(), rejection, detail, packet);
  }

  private static Arguments wrong(
      WireConfig config, Rejection rejection, String detail, Packet packet) {
    return Arguments.of(config, rejection, detail, packet);
  }

  private static WireConfig unicast(int minHopLimit) {
    return like(Captures.V3_V4_UNICAST, Captures.V3_V4_UNICAST.config().peers(), minHopLimit);
  }

  private static WireConfig like(Captures capture, Set<InetAddress> peers, int minHopLimit) {
    WireConfig config = capture.config();
    return new WireConfig(
        config.version(),
        false,
        config.vrid(),
        config.isV6(),
        config.intervalNanos(),
        config.addresses(),
        config.authentication(),
        config.hmac(),
        config.checksum(),
        peers,
        minHopLimit);
  }

  private static WireConfig like(Captures capture, Authentication authentication) {
    WireConfig config = capture.config();
    return new WireConfig(
        config.version(),
        false,
        config.vrid(),
        config.isV6(),
        config.intervalNanos(),
        config.addresses(),
        authentication,
        config.hmac(),
        config.checksum(),
        config.peers(),
        0);
  }

  /** As the socket says it comes, whatever its header says. */
  private static Packet packet(Captures capture, byte[] bytes) {
    return new Packet(capture.source(), capture.destination(), 255, bytes);
  }

  private static Packet set(Captures capture, int at, int... values) {
    byte[] bytes = capture.bytes();
    for (int i = 0; i < values.length; i++) {
      bytes[at + i] = (byte) values[i];
    }
    return capture.packet(repaired(capture, bytes));
  }

  private static byte[] changed(byte[] bytes, int at, int value) {
    bytes[at] = (byte) value;
    return bytes;
  }

  /**
   * With the length and the checksums that it should have; the message's over all that is there.
   */
  private static byte[] repaired(Captures capture, byte[] damaged) {
    byte[] bytes = damaged.clone();
    ByteBuffer packet = ByteBuffer.wrap(bytes);
    int start = capture.start();
    int length = bytes.length - start;
    if (length >= 8) {
      packet.putShort(start + 6, (short) 0);
      long sum = Checksum.sum(bytes, start, bytes.length);
      boolean hasPseudo = !capture.isV2() && capture.form() != ChecksumForm.PLAIN;
      Packet now = capture.packet(bytes);
      packet.putShort(
          start + 6,
          (short)
              Checksum.of(
                  hasPseudo
                      ? sum
                          + Checksum.pseudo(
                              now.source().getAddress(), now.destination().getAddress(), length)
                      : sum));
    }
    if (!capture.isV6()) {
      packet.putShort(2, (short) bytes.length).putShort(10, (short) 0);
      packet.putShort(10, (short) Checksum.of(Checksum.sum(bytes, 0, 20)));
    }
    return bytes;
  }
}

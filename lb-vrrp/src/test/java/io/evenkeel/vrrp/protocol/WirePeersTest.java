package io.evenkeel.vrrp.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.evenkeel.vrrp.protocol.Received.Accepted;
import io.evenkeel.vrrp.protocol.Received.Rejected;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a router does because of what it has heard. */
class WirePeersTest {
  private static final long SECOND = 1_000_000_000;
  private static final InetAddress GROUP = Captures.GROUP_V4;
  private static final InetAddress SELF = Captures.address("192.0.2.1");
  private static final InetAddress PEER = Captures.address("192.0.2.2");
  private static final InetAddress OTHER = Captures.address("192.0.2.3");
  private static final InetAddress VIRTUAL = Captures.address("192.0.2.100");
  private static final Instant NOW = Captures.NOW;

  @ParameterizedTest
  @EnumSource
  void encode_aPeerOfAnyForm_isAnsweredInKind(ChecksumForm form) {
    for (ChecksumForm configured : ChecksumForm.values()) {
      Wire wire = wire(configured, Set.of(PEER, OTHER));
      hear(wire, form, PEER, SELF);

      assertEquals(checksum(wire(form, Set.of(PEER)), PEER), checksum(wire, PEER));
      assertEquals(checksum(wire(configured, Set.of(OTHER)), OTHER), checksum(wire, OTHER));
      assertEquals(0, wire.mixedForms());
    }
  }

  @Test
  void encode_byMulticast_isOfTheFormOfAllPeersOrTheConfigured() {
    int plain = checksum(wire(ChecksumForm.PLAIN, Set.of()), GROUP);
    int pseudo = checksum(wire(ChecksumForm.PSEUDO_HEADER, Set.of()), GROUP);
    Wire wire = wire(ChecksumForm.PSEUDO_HEADER, Set.of());
    assertEquals(pseudo, checksum(wire, GROUP));

    hear(wire, ChecksumForm.PLAIN, PEER, GROUP);
    assertEquals(plain, checksum(wire, GROUP));
    hear(wire, ChecksumForm.PLAIN, OTHER, GROUP);
    assertEquals(plain, checksum(wire, GROUP));
    assertEquals(0, wire.mixedForms());

    hear(wire, ChecksumForm.PSEUDO_HEADER, OTHER, GROUP);
    assertEquals(pseudo, checksum(wire, GROUP));
    assertEquals(1, wire.mixedForms());
    hear(wire, ChecksumForm.PLAIN, PEER, GROUP);
    assertEquals(2, wire.mixedForms());

    hear(wire, ChecksumForm.PLAIN, OTHER, GROUP);
    assertEquals(plain, checksum(wire, GROUP));
    assertEquals(2, wire.mixedForms());
  }

  @ParameterizedTest
  @EnumSource(names = {"PSEUDO_HEADER", "PLAIN"})
  void encode_byMulticastToPeersThatDiffer_isOfTheConfiguredForm(ChecksumForm configured) {
    Wire wire = wire(configured, Set.of());
    int own = checksum(wire, GROUP);

    hear(wire, ChecksumForm.PLAIN, PEER, GROUP);
    hear(wire, ChecksumForm.PSEUDO_HEADER, OTHER, GROUP);

    assertEquals(own, checksum(wire, GROUP));
  }

  @Test
  void encode_aPeerWasHeardLongAgo_isForgottenAfterSixteenOthers() {
    Wire wire = wire(ChecksumForm.PSEUDO_HEADER, Set.of());
    hear(wire, ChecksumForm.PLAIN, PEER, GROUP);
    for (int i = 0; i < 15; i++) {
      hear(wire, ChecksumForm.PSEUDO_HEADER, Captures.address("192.0.2." + (10 + i)), GROUP);
    }
    long mixed = wire.mixedForms();
    hear(wire, ChecksumForm.PSEUDO_HEADER, Captures.address("192.0.2.10"), GROUP);
    assertEquals(mixed + 1, wire.mixedForms());

    hear(wire, ChecksumForm.PSEUDO_HEADER, OTHER, GROUP);

    assertEquals(mixed + 1, wire.mixedForms());
  }

  @Test
  void encode_aPeerWasHeardAgain_isNotForgottenBeforeTheOthers() {
    Wire wire = wire(ChecksumForm.PSEUDO_HEADER, Set.of());
    hear(wire, ChecksumForm.PLAIN, PEER, GROUP);
    for (int i = 0; i < 15; i++) {
      hear(wire, ChecksumForm.PSEUDO_HEADER, Captures.address("192.0.2." + (10 + i)), GROUP);
    }
    hear(wire, ChecksumForm.PLAIN, PEER, GROUP);
    long mixed = wire.mixedForms();

    hear(wire, ChecksumForm.PSEUDO_HEADER, OTHER, GROUP);

    assertEquals(mixed + 1, wire.mixedForms());
  }

  @Test
  void decode_anotherInterval_isTakenOfVersion3AndTold() {
    Wire wire = wire(ChecksumForm.PSEUDO_HEADER, Set.of());
    Wire slow = new Wire(config(Version.V3, false, 4 * SECOND, List.of(VIRTUAL), Set.of()));

    Accepted accepted = accepted(wire, slow.encode(100, PEER, GROUP, NOW).get(0), PEER, 0);

    assertEquals(4 * SECOND, accepted.advertisement().intervalNanos());
    assertEquals(false, accepted.intervalMatches());
    assertEquals(true, accepted.addressesMatch());
  }

  @Test
  void decode_otherAddresses_areTakenAndTold() {
    Wire wire = wire(ChecksumForm.PSEUDO_HEADER, Set.of());
    for (List<InetAddress> addresses : List.of(List.of(OTHER), List.of(VIRTUAL, OTHER))) {
      Wire other = new Wire(config(Version.V3, false, SECOND, addresses, Set.of()));

      Accepted accepted = accepted(wire, other.encode(100, PEER, GROUP, NOW).get(0), PEER, 0);

      assertEquals(addresses, accepted.advertisement().addresses());
      assertEquals(false, accepted.addressesMatch());
      assertEquals(true, accepted.intervalMatches());
    }
  }

  @Test
  void decode_theSameAddressesInAnotherOrder_match() {
    Wire wire = new Wire(config(Version.V3, false, SECOND, List.of(VIRTUAL, OTHER), Set.of()));
    Wire other = new Wire(config(Version.V3, false, SECOND, List.of(OTHER, VIRTUAL), Set.of()));

    assertEquals(
        true, accepted(wire, other.encode(1, PEER, GROUP, NOW).get(0), PEER, 0).addressesMatch());
  }

  @Test
  void decode_anAddressThatMapsOneOfIpv4_isOfIpv6() {
    InetAddress mapped = Captures.address(HexFormat.of().parseHex("0".repeat(20) + "ffffc0000201"));
    List<InetAddress> addresses = List.of(Captures.address("fe80::100"), mapped);
    WireConfig config =
        new WireConfig(
            Version.V3,
            false,
            51,
            true,
            SECOND,
            addresses,
            Authentication.none(),
            null,
            ChecksumForm.PSEUDO_HEADER,
            Set.of(),
            0);
    InetAddress peer = Captures.address("fe80::2");
    byte[] packet = new Wire(config).encode(100, peer, Captures.GROUP_V6, NOW).get(0);

    Received received =
        new Wire(config).decode(new Packet(peer, Captures.GROUP_V6, 255, packet), 0, NOW);

    assertEquals(addresses, assertInstanceOf(Accepted.class, received).advertisement().addresses());
  }

  @Test
  void encode_noAddresses_hasItsOwnAndTakesAny() {
    Wire wire = new Wire(config(Version.V3, false, SECOND, List.of(), Set.of()));
    Wire other = wire(ChecksumForm.PSEUDO_HEADER, Set.of());

    byte[] made = wire.encode(100, SELF, GROUP, NOW).get(0);
    Accepted heard = accepted(other, made, SELF, 0);
    assertEquals(List.of(SELF), heard.advertisement().addresses());
    assertEquals(false, heard.addressesMatch());

    assertEquals(
        true, accepted(wire, other.encode(100, PEER, GROUP, NOW).get(0), PEER, 0).addressesMatch());
  }

  @Test
  void decode_noAddressesAndNoneConfigured_isTaken() {
    Wire wire = new Wire(config(Version.V3, false, SECOND, List.of(), Set.of()));
    byte[] packet = wire(ChecksumForm.PLAIN, Set.of()).encode(100, PEER, GROUP, NOW).get(0);
    byte[] none = Arrays.copyOf(packet, 28);
    none[23] = 0;
    ByteBuffer.wrap(none).putShort(2, (short) 28).putShort(10, (short) 0).putShort(26, (short) 0);
    ByteBuffer.wrap(none)
        .putShort(10, (short) Checksum.of(Checksum.sum(none, 0, 20)))
        .putShort(26, (short) Checksum.of(Checksum.sum(none, 20, 28)));

    assertEquals(List.of(), accepted(wire, none, PEER, 0).advertisement().addresses());
  }

  @Test
  void encode_bothVersions_isOnePacketOfEach() {
    Wire wire = new Wire(config(Version.V3, true, SECOND, List.of(VIRTUAL), Set.of()));
    Wire v2 = new Wire(config(Version.V2, false, SECOND, List.of(VIRTUAL), Set.of()));
    Wire v3 = wire(ChecksumForm.PSEUDO_HEADER, Set.of());

    List<byte[]> packets = wire.encode(100, PEER, GROUP, NOW);

    assertEquals(2, packets.size());
    assertEquals(Version.V3, accepted(v3, packets.get(0), PEER, 0).advertisement().version());
    assertEquals(Version.V2, accepted(v2, packets.get(1), PEER, 0).advertisement().version());
  }

  @Test
  void decode_bothVersions_leavesVersion2OfOneThatSpeaks3ForThreeOfItsIntervals() {
    Wire wire = new Wire(config(Version.V3, true, SECOND, List.of(VIRTUAL), Set.of()));
    Wire both = new Wire(config(Version.V3, true, 2 * SECOND, List.of(VIRTUAL), Set.of()));
    Wire old = new Wire(config(Version.V2, false, SECOND, List.of(VIRTUAL), Set.of()));
    byte[] v3 = both.encode(100, PEER, GROUP, NOW).get(0);
    byte[] v2 = old.encode(100, PEER, GROUP, NOW).get(0);
    long start = Long.MAX_VALUE - SECOND;
    assertEquals(Version.V2, accepted(wire, v2, PEER, start).advertisement().version());

    accepted(wire, v3, PEER, start);

    Packet packet = new Packet(PEER, GROUP, 255, v2);
    Rejected left =
        new Rejected(Rejection.VERSION, "version: 2 (expected: 3, which it speaks, too)");
    assertEquals(left, wire.decode(packet, start, NOW));
    assertEquals(left, wire.decode(packet, start + 6 * SECOND - 1, NOW));
    accepted(wire, old.encode(100, OTHER, GROUP, NOW).get(0), OTHER, start);
    accepted(wire, v2, PEER, start + 6 * SECOND);
  }

  @Test
  void encode_withAHeader_isNumberedOverAllThatWasHeardAndTheClock() {
    Wire wire = new Wire(Captures.V2_HEADER.config());
    Wire peer = new Wire(Captures.V2_HEADER.config());
    assertEquals(1000, sequence(wire.encode(1, SELF, GROUP, Instant.ofEpochSecond(1000)).get(0)));
    assertEquals(1001, sequence(wire.encode(1, SELF, GROUP, Instant.ofEpochSecond(1000)).get(0)));
    byte[] later = peer.encode(1, PEER, GROUP, Instant.ofEpochSecond(3_000_000_000L)).get(0);

    accepted(wire, later, PEER, 0);

    byte[] next = wire.encode(1, SELF, GROUP, Instant.ofEpochSecond(1002)).get(0);
    assertEquals(3_000_000_001L, sequence(next));
    accepted(peer, next, SELF, 0);
  }

  @Test
  void decode_aHeaderOfAnotherThatIsBehind_isTaken() {
    Wire wire = new Wire(Captures.V2_HEADER.config());
    Wire peer = new Wire(Captures.V2_HEADER.config());
    Wire other = new Wire(Captures.V2_HEADER.config());
    accepted(wire, peer.encode(1, PEER, GROUP, Instant.ofEpochSecond(1000)).get(0), PEER, 0);

    accepted(wire, other.encode(1, OTHER, GROUP, Instant.EPOCH).get(0), OTHER, 0);
  }

  @Test
  void encode_manyTimes_neverHasIdentification0() {
    Wire wire = wire(ChecksumForm.PLAIN, Set.of());
    for (int i = 0; i < 65_535; i++) {
      assertEquals(
          i + 1, ByteBuffer.wrap(wire.encode(1, SELF, GROUP, NOW).get(0)).getShort(4) & 0xffff);
    }
    assertEquals(1, ByteBuffer.wrap(wire.encode(1, SELF, GROUP, NOW).get(0)).getShort(4));
  }

  private static long sequence(byte[] packet) {
    return ByteBuffer.wrap(packet).getInt(28) & 0xffff_ffffL;
  }

  private static void hear(Wire wire, ChecksumForm form, InetAddress from, InetAddress to) {
    Set<InetAddress> peers = to.isMulticastAddress() ? Set.of() : Set.of(to);
    byte[] packet = wire(form, peers).encode(100, from, to, NOW).get(0);
    assertInstanceOf(Accepted.class, wire.decode(new Packet(from, to, 255, packet), 0, NOW));
  }

  private static Accepted accepted(Wire wire, byte[] packet, InetAddress from, long nowNanos) {
    return assertInstanceOf(
        Accepted.class, wire.decode(new Packet(from, GROUP, 255, packet), nowNanos, NOW));
  }

  private static int checksum(Wire wire, InetAddress destination) {
    return ByteBuffer.wrap(wire.encode(100, SELF, destination, NOW).get(0)).getShort(26);
  }

  private static Wire wire(ChecksumForm form, Set<InetAddress> peers) {
    return new Wire(
        new WireConfig(
            Version.V3,
            false,
            51,
            false,
            SECOND,
            List.of(VIRTUAL),
            Authentication.none(),
            null,
            form,
            peers,
            0));
  }

  private static WireConfig config(
      Version version,
      boolean alsoV2,
      long intervalNanos,
      List<InetAddress> addresses,
      Set<InetAddress> peers) {
    return new WireConfig(
        version,
        alsoV2,
        51,
        false,
        intervalNanos,
        addresses,
        Authentication.none(),
        null,
        ChecksumForm.PSEUDO_HEADER,
        peers,
        0);
  }
}

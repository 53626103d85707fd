package io.evenkeel.vrrp.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.evenkeel.vrrp.protocol.HmacKeys.Mode;
import io.evenkeel.vrrp.protocol.Received.Accepted;
import io.evenkeel.vrrp.protocol.Received.Rejected;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The trailer with an HMAC. */
class WireTrailerTest {
  private static final long SECOND = 1_000_000_000;
  private static final InetAddress GROUP = Captures.GROUP_V4;
  private static final InetAddress SELF = Captures.address("192.0.2.1");
  private static final InetAddress PEER = Captures.address("192.0.2.2");
  private static final SecretKey KEY = Captures.KEY;
  private static final SecretKey NEW_KEY = HmacKeys.key(new byte[64]);
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000, 250_000_000);
  private static final int BYTES = 20 + 8 + 4;

  @ParameterizedTest
  @EnumSource
  void encode_inEachMode_hasATrailerButInReceiveOnly(Mode mode) {
    int length = wire(mode, Map.of(1, KEY), 1).encode(100, SELF, GROUP, NOW).get(0).length;

    assertEquals(mode == Mode.RECEIVE_ONLY ? BYTES : BYTES + 28, length);
  }

  @ParameterizedTest
  @EnumSource
  void decode_inEachMode_takesATrailerThatIsRight(Mode mode) {
    Wire wire = wire(mode, Map.of(1, KEY), 1);

    assertInstanceOf(Accepted.class, hear(wire, signed(NOW), NOW));
  }

  @ParameterizedTest
  @EnumSource
  void decode_inEachMode_refusesATrailerThatIsWrong(Mode mode) {
    Wire wire = wire(mode, Map.of(1, NEW_KEY), 1);

    assertEquals(
        new Rejected(Rejection.AUTHENTICATION, "trailer: tag (expected: that of key 1)"),
        hear(wire, signed(NOW), NOW));
  }

  @ParameterizedTest
  @EnumSource
  void decode_inEachMode_takesNoTrailerButInEnforce(Mode mode) {
    Wire wire = wire(mode, Map.of(1, KEY), 1);
    byte[] unsigned =
        wire(Mode.RECEIVE_ONLY, Map.of(1, KEY), 1).encode(100, PEER, GROUP, NOW).get(0);

    if (mode == Mode.ENFORCE) {
      assertEquals(
          new Rejected(Rejection.AUTHENTICATION_TYPE, "trailer: none (expected: one)"),
          hear(wire, unsigned, NOW));
    } else {
      assertInstanceOf(Accepted.class, hear(wire, unsigned, NOW));
    }
  }

  @Test
  void decode_twoKeys_takesBothAndSendsTheOne() {
    Wire both = wire(Mode.ENFORCE, Map.of(1, KEY, 2, NEW_KEY), 2);
    Wire first = wire(Mode.ENFORCE, Map.of(1, KEY), 1);
    Wire second = wire(Mode.ENFORCE, Map.of(2, NEW_KEY), 2);

    assertInstanceOf(Accepted.class, hear(both, signed(NOW), NOW));
    byte[] made = both.encode(100, PEER, GROUP, NOW).get(0);
    assertInstanceOf(Accepted.class, hear(second, made, NOW));
    assertEquals(
        new Rejected(Rejection.AUTHENTICATION, "trailer: key 2 (expected: one of [1])"),
        hear(first, made, NOW));
  }

  @ParameterizedTest
  @CsvSource({
    // Interval in 1/100 s, configured window in s or 0, the window.
    "100, 0, 5",
    "166, 0, 5",
    "167, 0, 6",
    "200, 0, 6",
    "4095, 0, 123",
    "100, 1, 1",
    "100, 300, 300"
  })
  void decode_atTheEdgesOfTheWindow_isTakenWithinIt(int centiseconds, int configured, int window) {
    Duration given = configured == 0 ? null : Duration.ofSeconds(configured);
    HmacKeys keys = new HmacKeys(Map.of(1, KEY), 1, Mode.ENFORCE, given);
    long interval = centiseconds * 10_000_000L;
    byte[] packet = new Wire(config(keys, interval)).encode(100, PEER, GROUP, NOW).get(0);

    for (int seconds : new int[] {-window, window}) {
      Wire wire = new Wire(config(keys, interval));
      assertInstanceOf(Accepted.class, hear(wire, packet, NOW.plusSeconds(seconds)));
    }
    for (int seconds : new int[] {-window - 1, window + 1}) {
      Wire wire = new Wire(config(keys, interval));
      String detail = "trailer: %d s old (expected: -%d..%d)".formatted(seconds, window, window);
      assertEquals(
          new Rejected(Rejection.REPLAY, detail), hear(wire, packet, NOW.plusSeconds(seconds)));
    }
  }

  @Test
  void decode_thePacketAgainOrOneBefore_isRejected() {
    Wire wire = wire(Mode.ENFORCE, Map.of(1, KEY), 1);
    Wire peer = wire(Mode.ENFORCE, Map.of(1, KEY), 1);
    byte[] first = peer.encode(100, PEER, GROUP, NOW).get(0);
    byte[] second = peer.encode(100, PEER, GROUP, NOW).get(0);
    assertInstanceOf(Accepted.class, hear(wire, second, NOW));

    String over = " (expected: over 6b49d20040000001)";
    assertEquals(
        new Rejected(Rejection.REPLAY, "trailer: stamp 6b49d20040000001" + over),
        hear(wire, second, NOW));
    assertEquals(
        new Rejected(Rejection.REPLAY, "trailer: stamp 6b49d20040000000" + over),
        hear(wire, first, NOW));
    assertInstanceOf(Accepted.class, hear(wire, peer.encode(100, PEER, GROUP, NOW).get(0), NOW));
  }

  @Test
  void decode_fromAnotherAddress_isRejected() {
    Wire wire = wire(Mode.ENFORCE, Map.of(1, KEY), 1);
    byte[] packet = signed(NOW);

    assertEquals(
        new Rejected(Rejection.AUTHENTICATION, "trailer: tag (expected: that of key 1)"),
        wire.decode(new Packet(SELF, GROUP, 255, packet), 0, NOW));
  }

  @Test
  void decode_noKeys_takesNoTrailer() {
    Wire wire = new Wire(config(null, SECOND));

    assertEquals(
        new Rejected(Rejection.LENGTH, "message: 40 (expected: 12)"), hear(wire, signed(NOW), NOW));
  }

  @Test
  void encode_theClockStandsOrIsSetBack_growsUntilTheWindowIsPassed() {
    Wire wire = wire(Mode.ENFORCE, Map.of(1, KEY), 1);
    long clock = 1_800_000_000L << 32 | 0x4000_0000L;

    assertEquals(clock, stamp(wire, NOW));
    assertEquals(clock + 1, stamp(wire, NOW));
    assertEquals(clock + 2, stamp(wire, NOW.minusSeconds(5)));
    assertEquals(clock - (6L << 32), stamp(wire, NOW.minusSeconds(6)));
    assertEquals(clock, stamp(wire, NOW));
  }

  @Test
  void decode_thePeersClockWasSetBack_isTakenWhenItsLastIsOutOfTheWindow() {
    Wire wire = wire(Mode.ENFORCE, Map.of(1, KEY), 1);
    Instant wrong = NOW.plusSeconds(3600);
    assertInstanceOf(Accepted.class, hear(wire, signed(wrong), wrong));

    assertInstanceOf(Accepted.class, hear(wire, signed(NOW), NOW));
  }

  @ParameterizedTest
  @CsvSource({"2147483647", "4294967295"})
  void decode_acrossTheEndOfTheSeconds_isTaken(long second) {
    Wire wire = wire(Mode.ENFORCE, Map.of(1, KEY), 1);
    Wire peer = wire(Mode.ENFORCE, Map.of(1, KEY), 1);
    for (long each = second - 1; each < second + 3; each++) {
      Instant now = Instant.ofEpochSecond(each);
      byte[] packet = peer.encode(100, PEER, GROUP, now).get(0);

      assertInstanceOf(Accepted.class, hear(wire, packet, now), "second " + each);
      assertEquals(each << 32, ByteBuffer.wrap(packet).getLong(BYTES + 4));
    }
  }

  private static long stamp(Wire wire, Instant now) {
    return ByteBuffer.wrap(wire.encode(100, SELF, GROUP, now).get(0)).getLong(BYTES + 4);
  }

  /** By a peer, with key 1. */
  private static byte[] signed(Instant now) {
    return wire(Mode.ENFORCE, Map.of(1, KEY), 1).encode(100, PEER, GROUP, now).get(0);
  }

  private static Received hear(Wire wire, byte[] packet, Instant now) {
    return wire.decode(new Packet(PEER, GROUP, 255, packet), 0, now);
  }

  private static Wire wire(Mode mode, Map<Integer, SecretKey> keys, int sendingId) {
    return new Wire(config(new HmacKeys(keys, sendingId, mode, null), SECOND));
  }

  private static WireConfig config(@Nullable HmacKeys keys, long intervalNanos) {
    return new WireConfig(
        Version.V3,
        false,
        51,
        false,
        intervalNanos,
        List.of(Captures.address("192.0.2.100")),
        Authentication.none(),
        keys,
        ChecksumForm.PSEUDO_HEADER,
        Set.of(),
        0);
  }
}

package io.evenkeel.vrrp.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.vrrp.protocol.HmacKeys.Mode;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WireConfigTest {
  private static final long SECOND = 1_000_000_000;
  private static final InetAddress V4 = Captures.address("192.0.2.100");
  private static final InetAddress V6 = Captures.address("2001:db8::1");
  private static final InetAddress LINK_LOCAL = Captures.address("fe80::1");
  private static final HmacKeys KEYS = new HmacKeys(Map.of(1, Captures.KEY), 1, Mode.ENFORCE, null);

  /** What a router is configured like; each method changes one thing. */
  private static final class Draft {
    private Version version = Version.V3;
    private boolean alsoV2;
    private int vrid = 51;
    private boolean isV6;
    private long intervalNanos = SECOND;
    private List<InetAddress> addresses = List.of();
    private Authentication authentication = Authentication.none();
    private @Nullable HmacKeys hmac;
    private Set<InetAddress> peers = Set.of();
    private int minHopLimit;

    static Draft v2() {
      Draft draft = new Draft();
      draft.version = Version.V2;
      return draft;
    }

    static Draft v6() {
      Draft draft = new Draft();
      draft.isV6 = true;
      return draft;
    }

    Draft both() {
      alsoV2 = true;
      return this;
    }

    Draft vrid(int value) {
      vrid = value;
      return this;
    }

    Draft interval(long nanos) {
      intervalNanos = nanos;
      return this;
    }

    Draft addresses(InetAddress... values) {
      addresses = List.of(values);
      return this;
    }

    Draft addresses(int count) {
      addresses = new ArrayList<>(Collections.nCopies(count, isV6 ? LINK_LOCAL : V4));
      return this;
    }

    Draft authentication(Authentication value) {
      authentication = value;
      return this;
    }

    Draft hmac() {
      hmac = KEYS;
      return this;
    }

    Draft peer(InetAddress value) {
      peers = Set.of(value);
      return this;
    }

    Draft minHopLimit(int value) {
      minHopLimit = value;
      return this;
    }

    WireConfig build() {
      return new WireConfig(
          version,
          alsoV2,
          vrid,
          isV6,
          intervalNanos,
          addresses,
          authentication,
          hmac,
          ChecksumForm.PSEUDO_HEADER,
          peers,
          minHopLimit);
    }
  }

  @ParameterizedTest
  @MethodSource
  void config_outOfItsRange_isRefused(String message, Draft draft) {
    assertRefused(message, draft::build);
  }

  static Stream<Arguments> config_outOfItsRange_isRefused() {
    return Stream.of(
        Arguments.of("vrid: 0 (expected: 1..255)", new Draft().vrid(0)),
        Arguments.of("vrid: 256 (expected: 1..255)", new Draft().vrid(256)),
        Arguments.of("minHopLimit: -1 (expected: 0..255)", new Draft().minHopLimit(-1)),
        Arguments.of("minHopLimit: 256 (expected: 0..255)", new Draft().minHopLimit(256)),
        Arguments.of(v3Interval(0), new Draft().interval(0)),
        Arguments.of(v3Interval(9_999_999), new Draft().interval(9_999_999)),
        Arguments.of(v3Interval(15_000_000), new Draft().interval(15_000_000)),
        Arguments.of(v3Interval(40_960_000_000L), new Draft().interval(40_960_000_000L)),
        Arguments.of(seconds(500_000_000, 255), Draft.v2().interval(500_000_000)),
        Arguments.of(seconds(1_500_000_000, 255), Draft.v2().interval(1_500_000_000)),
        Arguments.of(seconds(256 * SECOND, 255), Draft.v2().interval(256 * SECOND)),
        Arguments.of(seconds(500_000_000, 40), new Draft().both().interval(500_000_000)),
        Arguments.of(seconds(41 * SECOND, 40), new Draft().both().interval(41 * SECOND)),
        Arguments.of("addresses: 256 (expected: 0..255)", new Draft().addresses(256)),
        Arguments.of(tooMany(91, 90), Draft.v6().addresses(91)),
        Arguments.of(tooMany(90, 89), Draft.v6().addresses(90).hmac()),
        Arguments.of(
            "address: 2001:db8:0:0:0:0:0:1 (expected: of IPv4)", new Draft().addresses(V6)),
        Arguments.of("address: 192.0.2.100 (expected: of IPv6)", Draft.v6().addresses(V4)),
        Arguments.of("peer: fe80:0:0:0:0:0:0:1 (expected: of IPv4)", new Draft().peer(LINK_LOCAL)),
        Arguments.of(
            "address: 224.0.0.18 (expected: the address of one host)",
            new Draft().addresses(Captures.GROUP_V4)),
        Arguments.of(
            "peer: 224.0.0.18 (expected: the address of one host)",
            new Draft().peer(Captures.GROUP_V4)),
        Arguments.of(
            "peer: 0.0.0.0 (expected: the address of one host)",
            new Draft().peer(Captures.address("0.0.0.0"))),
        Arguments.of(
            "address: 2001:db8:0:0:0:0:0:1 first (expected: a link-local address first)",
            Draft.v6().addresses(V6, LINK_LOCAL)),
        Arguments.of("alsoV2: of version 2 (expected: of version 3)", Draft.v2().both()),
        Arguments.of("isV6: of version 2 (expected: of version 3 alone)", Draft.v6().both()),
        Arguments.of(
            "authentication: PASSWORD (expected: NONE, or version 2)",
            new Draft().authentication(Authentication.password("x"))),
        Arguments.of("hmac: of version 2 (expected: of version 3 alone)", Draft.v2().hmac()),
        Arguments.of(
            "hmac: of version 2 (expected: of version 3 alone)", new Draft().both().hmac()));
  }

  @Test
  void config_atTheEdges_isTaken() {
    for (Draft draft :
        List.of(
            new Draft().vrid(1).interval(10_000_000).addresses(255).minHopLimit(255),
            new Draft().vrid(255).interval(40_950_000_000L).hmac(),
            Draft.v2().interval(255 * SECOND).authentication(Authentication.header("12345678")),
            new Draft().both().interval(40 * SECOND),
            Draft.v6().addresses(LINK_LOCAL, V6).peer(V6).hmac())) {
      assertEquals(draft.build(), draft.build());
    }
  }

  @Test
  void encode_asManyAddressesAsAreTaken_fitIntoAnEthernetFrame() {
    int headerBytes = 40;
    for (Draft draft :
        List.of(
            new Draft().addresses(255).hmac(),
            Draft.v2().addresses(255).authentication(Authentication.header("12345678")),
            Draft.v6().addresses(90),
            Draft.v6().addresses(89).hmac())) {
      boolean isV6 = draft.isV6;
      byte[] bytes =
          new Wire(draft.build())
              .encode(
                  100,
                  isV6 ? LINK_LOCAL : Captures.address("192.0.2.1"),
                  isV6 ? Captures.GROUP_V6 : Captures.GROUP_V4,
                  Captures.NOW)
              .get(0);
      assertTrue(bytes.length + (isV6 ? headerBytes : 0) <= 1500, () -> "" + bytes.length);
    }
  }

  @Test
  void authentication_ofAnotherLength_isRefused() {
    String password = "secret: 9 bytes (expected: 1..8 bytes, none of them 0)";
    assertRefused(password, () -> Authentication.password("123456789"));
    assertRefused(password, () -> Authentication.header("1234567\u00e9"));
    assertRefused(password.replace('9', '0'), () -> Authentication.header(""));
    assertRefused(password.replace('9', '2'), () -> Authentication.password("a\0"));
    assertRefused(
        "secret: 1 bytes (expected: none)",
        () -> new Authentication(Authentication.Type.NONE, "x"));
  }

  @Test
  void keys_outOfTheirRange_areRefused() {
    assertRefused("key: 31 bytes (expected: 32..64)", () -> HmacKeys.key(new byte[31]));
    assertRefused("key: 65 bytes (expected: 32..64)", () -> HmacKeys.key(new byte[65]));
    for (int id : new int[] {0, 256}) {
      assertRefused(
          "key: " + id + " (expected: 1..255)",
          () -> new HmacKeys(Map.of(id, Captures.KEY), id, Mode.ENFORCE, null));
    }
    assertRefused(
        "key: 0 bytes (expected: 32..64)",
        () -> new HmacKeys(Map.of(1, new HardwareKey()), 1, Mode.ENFORCE, null));
    assertRefused(
        "sendingId: 2 (expected: one of [1])",
        () -> new HmacKeys(Map.of(1, Captures.KEY), 2, Mode.ENFORCE, null));
    for (Duration window :
        List.of(Duration.ZERO, Duration.ofMillis(1500), Duration.ofMillis(300_001))) {
      assertRefused(
          "replayWindow: " + window + " (expected: whole seconds, 1..300)",
          () -> new HmacKeys(Map.of(1, Captures.KEY), 1, Mode.ENFORCE, window));
    }
  }

  @Test
  void toString_withSecrets_doesNotTellThem() {
    Supplier<String> password =
        () -> Draft.v2().authentication(Authentication.password("opensaid")).build().toString();
    assertEquals("Authentication[type=HEADER]", Authentication.header("opensaid").toString());
    assertFalse(password.get().contains("opensaid"), password.get());
    assertEquals(
        "HmacKeys[keys=[1], sendingId=1, mode=ENFORCE, replayWindow=null]", KEYS.toString());
  }

  @Test
  void encode_aPriorityOutOfItsRange_isRefused() {
    Wire wire = new Wire(new Draft().build());
    for (int priority : new int[] {-1, 256}) {
      assertRefused(
          "priority: " + priority + " (expected: 0..255)",
          () -> wire.encode(priority, V4, Captures.GROUP_V4, Captures.NOW));
    }
  }

  /** One that is not told. */
  private static final class HardwareKey implements SecretKey {
    private static final long serialVersionUID = 1;

    @Override
    public String getAlgorithm() {
      return HmacKeys.ALGORITHM;
    }

    @Override
    public @Nullable String getFormat() {
      return null;
    }

    @Override
    public byte @Nullable [] getEncoded() {
      return null;
    }
  }

  private static String tooMany(int count, int max) {
    return ("addresses: %d (expected: 0..%d, for which an advertisement of 1500 bytes has room; the"
            + " rest as excluded addresses)")
        .formatted(count, max);
  }

  private static String v3Interval(long nanos) {
    return "interval: "
        + Duration.ofNanos(nanos)
        + " (expected: PT0.01S..PT40.95S, a multiple of PT0.01S)";
  }

  private static String seconds(long nanos, int max) {
    return "interval: %s (expected: PT1S..%s, a multiple of PT1S)"
        .formatted(Duration.ofNanos(nanos), Duration.ofSeconds(max));
  }

  private static void assertRefused(String message, Executable making) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, making).getMessage());
  }
}

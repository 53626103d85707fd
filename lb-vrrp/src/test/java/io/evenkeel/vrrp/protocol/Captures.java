package io.evenkeel.vrrp.protocol;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.SecretKey;

/** Packets of others, and how a router is configured that hears them. */
enum Captures {
  // Of keepalived 2.2.7, with tcpdump, the second of each kind: priority 200, every second but for
  // V3_UNICAST; the Resigned of its end.
  V2_NONE(
      "45c0002c00020000ff70188cc0000201e0000012"
          + "2101c80200019230c0000264c00002650000000000000000"),
  V2_NONE_RESIGNED(
      "45c0002c00070000ff701887c0000201e0000012"
          + "2101000200015a31c0000264c00002650000000000000000"),
  V2_NONE_UNICAST(
      "45c0002800020000ff7036a0c0000201c0000202" + "2107c80100015491c00002640000000000000000"),
  V2_PASSWORD(
      "45c0002800020000ff701890c0000201e0000012" + "2102c8010101174ac00002647365637265740000"),
  V2_PASSWORD_RESIGNED(
      "45c0002800070000ff70188bc0000201e0000012" + "210200010101df4ac00002647365637265740000"),
  V2_HEADER(
      "45c0004000020000ff3318b5c0000201e0000012"
          + "70040000c000020100000002c005e0cc7b019ecb55bd07a4"
          + "2103c80102015295c00002640000000000000000"),
  V2_HEADER_RESIGNED(
      "45c0004000070000ff3318b0c0000201e0000012"
          + "70040000c000020100000007677f2d4ff49e07b827722b34"
          + "2103000102011a96c00002640000000000000000"),
  V2_HEADER_UNICAST(
      "45c0004000020000ff3336c5c0000201c0000202"
          + "70040000c00002010000000234e4397d8d24434d94b5b7ec"
          + "2108c80102015290c00002640000000000000000"),
  V3_V4("45c0002400020000ff701894c0000201e0000012" + "3104c8020064df35c0000264c0000265"),
  V3_V4_RESIGNED("45c0002400070000ff70188fc0000201e0000012" + "310400020064a736c0000264c0000265"),
  V3_V4_UNICAST("45c0002000020000ff7036a8c0000201c0000202" + "3109c8010032bfddc0000264"),
  V3_V4_OLD_UNICAST("45c0002000020000ff7036a8c0000201c0000202" + "310bc8010064a199c0000264"),
  V3_V6(
      "fe800000000000000000000000000001",
      "ff020000000000000000000000000012",
      "3106c8020064da29fe80000000000000000000000000010020010db8000000000000000000000100"),
  V3_V6_RESIGNED(
      "fe800000000000000000000000000001",
      "ff020000000000000000000000000012",
      "310600020064a22afe80000000000000000000000000010020010db8000000000000000000000100"),
  V3_V6_UNICAST(
      "20010db8000000000000000000000001",
      "20010db8000000000000000000000002",
      "310ac80200647c47fe80000000000000000000000000010020010db8000000000000000000000100"),

  // The example of draft-cassen-vrrp-auth-hmac; of IPv4 behind a header that is made here.
  V3_V4_PLAIN_TRAILER(
      "45c0003c00010000ff706614c633640ac633640b"
          + "3133c80100644402c0000264"
          + "0101000068000000800000001b84bc4e8e43892dc6d98448f8ee2265"),
  V3_V6_TRAILER(
      "fe800000000000000000000000000010",
      "fe800000000000000000000000000020",
      "3133c8010064a2e9fe800000000000000000000000000100"
          + "010100006800000080000000c8c56146ebfd66ee10ec4d8186461b78");

  /** At which the trailers were made. */
  static final Instant NOW = Instant.ofEpochSecond(0x68000000L, 500_000_000);

  static final InetAddress GROUP_V4 = address("224.0.0.18");
  static final InetAddress GROUP_V6 = address("ff02::12");
  static final SecretKey KEY = HmacKeys.key(counted(32));

  private static final long SECOND = 1_000_000_000;

  /** In hexadecimal, as the other two. */
  private final String bytes;

  private final String source;
  private final String destination;

  Captures(String bytes) {
    this(bytes.substring(24, 32), bytes.substring(32, 40), bytes);
  }

  Captures(String source, String destination, String bytes) {
    this.bytes = bytes;
    this.source = source;
    this.destination = destination;
  }

  boolean isV6() {
    return source.length() == 32;
  }

  boolean isV2() {
    return name().startsWith("V2");
  }

  /** The authentication header. */
  boolean hasHeader() {
    return name().contains("HEADER");
  }

  boolean hasTrailer() {
    return name().contains("TRAILER");
  }

  boolean isUnicast() {
    return !destination().isMulticastAddress();
  }

  int priority() {
    return name().endsWith("RESIGNED") ? 0 : 200;
  }

  byte[] bytes() {
    return HexFormat.of().parseHex(bytes);
  }

  String hex() {
    return bytes;
  }

  /** The how manieth of its sender it is. */
  int number() {
    return isV6() ? 1 : bytes()[5];
  }

  InetAddress source() {
    return address(HexFormat.of().parseHex(source));
  }

  InetAddress destination() {
    return address(HexFormat.of().parseHex(destination));
  }

  Packet packet() {
    return packet(bytes());
  }

  /** As the kernel gives it, with what its header says. */
  Packet packet(byte[] received) {
    if (isV6()) {
      return new Packet(source(), destination(), 255, received);
    }
    return new Packet(
        address(Arrays.copyOfRange(received, 12, 16)),
        address(Arrays.copyOfRange(received, 16, 20)),
        received[8] & 0xff,
        received);
  }

  int vrid() {
    return bytes()[start() + 1] & 0xff;
  }

  /** Where the message begins. */
  int start() {
    if (isV6()) {
      return 0;
    }
    return bytes()[9] == 51 ? 44 : 20;
  }

  long intervalNanos() {
    return this == V3_V4_UNICAST ? SECOND / 2 : SECOND;
  }

  List<InetAddress> addresses() {
    if (isV6()) {
      return hasTrailer()
          ? List.of(address("fe80::100"))
          : List.of(address("fe80::100"), address("2001:db8::100"));
    }
    return (bytes()[start() + 3] & 0xff) == 2
        ? List.of(address("192.0.2.100"), address("192.0.2.101"))
        : List.of(address("192.0.2.100"));
  }

  /** Of a router that hears it. */
  WireConfig config() {
    Authentication authentication = Authentication.none();
    if (name().startsWith("V2_PASSWORD")) {
      authentication = Authentication.password("secret");
    } else if (hasHeader()) {
      authentication = Authentication.header("secret12");
    }
    HmacKeys keys =
        hasTrailer() ? new HmacKeys(Map.of(1, KEY), 1, HmacKeys.Mode.ENFORCE, null) : null;
    return new WireConfig(
        isV2() ? Version.V2 : Version.V3,
        false,
        vrid(),
        isV6(),
        intervalNanos(),
        addresses(),
        authentication,
        keys,
        form(),
        isUnicast() ? Set.of(source(), destination()) : Set.of(),
        0);
  }

  ChecksumForm form() {
    if (this == V3_V4_OLD_UNICAST) {
      return ChecksumForm.GROUP_PSEUDO_HEADER;
    }
    return name().contains("PLAIN") ? ChecksumForm.PLAIN : ChecksumForm.PSEUDO_HEADER;
  }

  Received decode() {
    return new Wire(config()).decode(packet(), 0, NOW);
  }

  static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  static InetAddress address(byte[] bytes) {
    try {
      return bytes.length == 4
          ? InetAddress.getByAddress(bytes)
          : Inet6Address.getByAddress(null, bytes, -1);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static byte[] counted(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }
}

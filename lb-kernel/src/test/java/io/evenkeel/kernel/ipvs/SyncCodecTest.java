package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Golden bytes; that the kernel takes them shows {@code ConnectionsLab}. */
class SyncCodecTest {
  private static final IpvsAddress WEB = service("10.1.0.1", 80);

  @Test
  void messages_connection_areTheKernelsBytes() {
    assertEquals(
        List.of(
            // Reserved, id, length, entries, version, spare.
            "00 07 002c 01 01 0000"
                // Type, protocol, version and length, flags, state.
                + " 00 06 0024 00000183 0001"
                // Client's, virtual and destination's port, mark, timeout.
                + " 9c40 0050 1f90 00000000 00000384"
                + " 0a090001 0a010001 0a020001"),
        hex(
            SyncCodec.messages(
                7,
                1472,
                List.of(
                    new SyncedConnection(
                        false,
                        6,
                        inet("10.9.0.1"),
                        40_000,
                        inet("10.1.0.1"),
                        80,
                        inet("10.2.0.1"),
                        8080,
                        ForwardingMethod.DIRECT,
                        0,
                        1,
                        true,
                        900)))));
  }

  @Test
  void messages_templateOfAnIpv6Mark_areTheKernelsBytes() {
    assertEquals(
        List.of(
            "00 00 0050 01 01 0000"
                + " 01 00 0048 00001082 0000 0000 0000 0000 fedcba98 0000012c"
                + " 20010db8000900000000000000000000"
                + " fedcba98000000000000000000000000"
                + " 20010db8000200000000000000000004"),
        hex(
            SyncCodec.messages(
                0,
                80,
                List.of(
                    SyncedConnection.ofMark(
                        new IpvsMark(0xfedcba98L, AddressFamily.IPV6),
                        inet("2001:db8:9::"),
                        inet("2001:db8:2::4"),
                        ForwardingMethod.TUNNEL,
                        300)))));
  }

  @Test
  void messages_templateOfAService_areTheKernelsBytes() {
    assertEquals(
        List.of(
            "00 ff 002c 01 01 0000"
                + " 00 06 0024 00001000 0000 0000 0050 1f90 00000000 0000012c"
                + " 0a090100 0a010001 0a020002"),
        hex(SyncCodec.messages(255, 80, List.of(template(1)))));
  }

  @Test
  void messages_many_fillEachUpToItsLengthOr255() {
    List<SyncedConnection> many = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      many.add(template(i));
    }

    assertEquals(
        List.of(255, 255, 90),
        SyncCodec.messages(0, 65507, many).stream().map(one -> one[4] & 0xff).toList());
    // 8 + 40 * 36 = 1448, and 24 to spare.
    assertEquals(15, SyncCodec.messages(0, 1472, many).size());
    assertEquals(1448, SyncCodec.messages(0, 1472, many).get(0).length);
    assertEquals(1448, SyncCodec.messages(0, 1448, many).get(0).length);
    assertEquals(1412, SyncCodec.messages(0, 1447, many).get(0).length);
    assertEquals(List.of(), SyncCodec.messages(0, 1472, List.of()));
  }

  @Test
  void messages_outOfRange_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> SyncCodec.messages(256, 1472, List.of()));
    assertThrows(IllegalArgumentException.class, () -> SyncCodec.messages(-1, 1472, List.of()));
    assertThrows(IllegalArgumentException.class, () -> SyncCodec.messages(0, 79, List.of()));
    assertThrows(IllegalArgumentException.class, () -> SyncCodec.messages(0, 65508, List.of()));
  }

  @Test
  void synced_addressesOfTwoFamilies_areRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                SyncedConnection.ofService(
                    WEB, inet("10.9.1.0"), inet("2001:db8::1"), 80, ForwardingMethod.TUNNEL, 300));

    assertEquals(
        "addresses: 10.9.1.0, 10.1.0.1, 2001:db8:0:0:0:0:0:1 (expected: of one family)",
        e.getMessage());
  }

  private static SyncedConnection template(int client) {
    return SyncedConnection.ofService(
        WEB,
        AddressFamily.inet(new byte[] {10, 9, (byte) client, 0}),
        inet("10.2.0.2"),
        8080,
        ForwardingMethod.MASQUERADE,
        300);
  }

  private static List<String> hex(List<byte[]> messages) {
    return messages.stream().map(one -> spaced(HexFormat.of().formatHex(one))).toList();
  }

  /** With a space between fields. */
  private static String spaced(String hex) {
    int[] header = {2, 2, 4, 2, 2, 4, 2, 2, 4, 8, 4, 4, 4, 4, 8, 8};
    StringBuilder text = new StringBuilder();
    int at = 0;
    for (int digits : header) {
      text.append(text.isEmpty() ? "" : " ").append(hex, at, at + digits);
      at += digits;
    }
    int address = (hex.length() - at) / 3;
    for (int i = 0; i < 3; i++) {
      text.append(' ').append(hex, at, at + address);
      at += address;
    }
    return text.toString();
  }

  private static IpvsAddress service(String address, int port) {
    return new IpvsAddress(IpvsProtocol.TCP, inet(address), port);
  }

  private static InetAddress inet(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}

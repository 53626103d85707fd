package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.net.LinkKind.Dummy;
import io.evenkeel.kernel.net.LinkKind.Macvlan;
import io.evenkeel.kernel.net.LinkKind.Tunnel;
import io.evenkeel.kernel.netlink.MalformedException;
import io.evenkeel.kernel.netlink.Request;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent, by rtnetlink's headers and attributes (little-endian); what is read. */
class MessagesTest {
  private static final String ADDRESS_V4 =
      // AF_INET, /32, flags, scope host, index 7; IFA_ADDRESS, IFA_LOCAL, IFA_LABEL ek0:1.
      "02 20 80 fe 07000000 0800 0100 0a090001 0800 0200 0a090001 0a00 0300 656b303a3100 0000";

  private static final String ADDRESS_V6 =
      // AF_INET6, /128, index 3; IFA_ADDRESS; IFA_FLAGS permanent, deprecated, nodad.
      "0a 80 80 00 03000000 1400 0100 fd090000000000000000000000000064 0800 0800 a2000000";

  private static final String LINK =
      // AF_UNSPEC, ARPHRD_ETHER, index 3, up and lower up; name m0, MTU, state up, address, kind.
      "00 00 0100 03000000 01000100 00000000 0700 0300 6d3000 00 0800 0400 dc050000"
          + "0500 1000 06 000000 0a00 0100 00005e000142 0000 0800 0500 02000000"
          + "2400 1200 0c00 0100 6d6163766c616e00 0800 0300 00000000 0c00 0200 0800 0100 01000000";

  private static final String ROUTE =
      // AF_INET, /16, table main, static, unicast; RTA_DST, RTA_GATEWAY, RTA_OIF, RTA_PRIORITY.
      "02 10 00 00 fe 04 00 01 00000000 0800 0100 0a3c0000 0800 0500 0a090002"
          + "0800 0400 03000000 0800 0600 07000000 0800 0f00 fe000000";

  @Test
  void addressAdd_v4WithLabel_isTheKernels() throws Exception {
    Request request =
        AddressMessages.add(
            new Address(address("10.9.0.1"), 32, "ek0", Address.HOST, "ek0:1", false, false),
            7,
            AddressMessages.FOR_EVER);

    assertEquals("14000106", Captured.header(request));
    assertEquals(
        hex("02 20 00 fe 07000000 0800 0200 0a090001 0800 0100 0a090001")
            + hex("0a00 0300 656b303a3100 0000"),
        Captured.bytes(request));
  }

  @Test
  void addressAdd_virtualV6_isNoDadAndDeprecated() throws Exception {
    assertEquals(
        hex("0a 80 00 00 03000000 1400 0200 fd090000000000000000000000000064")
            + hex("1400 0100 fd090000000000000000000000000064 0800 0800 02000000")
            + hex("1400 0600 00000000 ffffffff 00000000 00000000"),
        Captured.bytes(
            AddressMessages.add(
                Address.virtual(address("fd09::64"), "ek0"), 3, AddressMessages.FOR_EVER)));
  }

  @Test
  void addressRenew_forATime_isValidAndPreferredAsLong() throws Exception {
    Request v4 = AddressMessages.renew(Address.virtual(address("10.9.0.1"), "ek0"), 7, 3);
    assertEquals("14000105", Captured.header(v4));
    assertEquals(
        hex("02 20 00 00 07000000 0800 0200 0a090001 0800 0100 0a090001")
            + hex("1400 0600 03000000 03000000 00000000 00000000"),
        Captured.bytes(v4));
    // A deprecated one stays so.
    String v6 =
        Captured.bytes(AddressMessages.renew(Address.virtual(address("fd09::64"), "ek0"), 3, 5));
    assertTrue(v6.endsWith(hex("1400 0600 00000000 05000000 00000000 00000000")), v6);
  }

  @Test
  void addressRemove_any_saysNothingOfOptions() throws Exception {
    Request request = AddressMessages.remove(Address.virtual(address("10.9.0.1"), "ek0"), 7);

    assertEquals("15000100", Captured.header(request));
    assertEquals(
        hex("02 20 00 00 07000000 0800 0200 0a090001 0800 0100 0a090001"), Captured.bytes(request));
  }

  @Test
  void addressParse_theKernels_isTheSame() throws Exception {
    assertEquals(
        new Address(address("10.9.0.1"), 32, "ek0", Address.HOST, "ek0:1", false, false),
        AddressMessages.parse(Captured.message(ADDRESS_V4)).on("ek0"));
    AddressMessages.Found v6 = AddressMessages.parse(Captured.message(ADDRESS_V6));
    assertEquals(3, v6.index());
    assertEquals(Address.virtual(address("fd09::64"), "ek0"), v6.on("ek0"));
    assertNull(AddressMessages.parse(Captured.message("07 00 00 00 00000000")));
  }

  @Test
  void linkAdd_macvlan_isTheKernels() throws Exception {
    Request request =
        LinkMessages.add(
            "m0",
            new Macvlan("ek0", Macvlan.Mode.PRIVATE, MacAddress.parse("00:00:5e:00:01:42")),
            2);

    assertEquals("10000106", Captured.header(request));
    assertEquals(
        hex("00000000 00000000 00000000 00000000 0700 0300 6d3000 00 0800 0500 02000000")
            + hex("0a00 0100 00005e000142 0000")
            + hex("1c00 1280 0c00 0100 6d6163766c616e00 0c00 0280 0800 0100 01000000"),
        Captured.bytes(request));
  }

  @Test
  void linkAdd_dummyAndTunnels_areTheKernels() throws Exception {
    String head = hex("00000000 00000000 00000000 00000000 0700 0300 743000 00");
    assertEquals(
        head + hex("1400 1280 0a00 0100 64756d6d7900 0000 0400 0280"),
        Captured.bytes(LinkMessages.add("t0", new Dummy(), 0)));
    assertEquals(
        head
            + hex("2400 1280 0900 0100 6970697000 000000 1400 0280")
            + hex("0800 0200 0a090001 0800 0300 00000000"),
        Captured.bytes(
            LinkMessages.add("t0", new Tunnel(Tunnel.Type.IPIP, address("10.9.0.1"), null), 0)));
    assertEquals(
        head
            + hex("2000 1280 0800 0100 67726500 1400 0280")
            + hex("0800 0600 0a090001 0800 0700 0a090002"),
        Captured.bytes(
            LinkMessages.add(
                "t0", new Tunnel(Tunnel.Type.GRE, address("10.9.0.1"), address("10.9.0.2")), 0)));
    assertEquals(
        head
            + hex("4c00 1280 0b00 0100 697036746e6c00 00 3c00 0280")
            + hex("1400 0200 fd090000000000000000000000000001")
            + hex("1400 0300 fd090000000000000000000000000002")
            + hex("0500 0400 40 000000 0800 0800 01000000"),
        Captured.bytes(
            LinkMessages.add(
                "t0", new Tunnel(Tunnel.Type.IP6TNL, address("fd09::1"), address("fd09::2")), 0)));
    assertEquals(
        head
            + hex("4c00 1280 0b00 0100 69703667726500 00 3c00 0280")
            + hex("1400 0600 00000000000000000000000000000000")
            + hex("1400 0700 fd090000000000000000000000000002")
            + hex("0500 0800 40 000000 0800 0d00 01000000"),
        Captured.bytes(
            LinkMessages.add("t0", new Tunnel(Tunnel.Type.IP6GRE, null, address("fd09::2")), 0)));
  }

  @Test
  void linkSet_upAndDown_changesThatFlagAlone() throws Exception {
    Request up = LinkMessages.set("m0", 3, true);

    assertEquals("10000100", Captured.header(up));
    assertEquals("link m0 up", up.command());
    assertEquals(hex("00000000 03000000 01000000 01000000"), Captured.bytes(up));
    assertEquals(
        hex("00000000 03000000 00000000 01000000"),
        Captured.bytes(LinkMessages.set("m0", 3, false)));
    Request removal = LinkMessages.remove("m0", 3);
    assertEquals("11000100", Captured.header(removal));
    assertEquals(hex("00000000 03000000 00000000 00000000"), Captured.bytes(removal));
  }

  @Test
  void linkParse_theKernels_isTheSame() {
    assertEquals(
        new Link(
            3,
            "m0",
            "macvlan",
            MacAddress.parse("00:00:5e:00:01:42"),
            true,
            true,
            OperState.UP,
            1500,
            false),
        LinkMessages.parse(Captured.message(LINK)));
    // AF_BRIDGE: its part in a bridge.
    assertNull(LinkMessages.parse(Captured.message("07" + LINK.substring(2))));
  }

  @Test
  void linkIsSame_eachDifference_isSeen() {
    MacAddress mac = MacAddress.parse("00:00:5e:00:01:42");
    assertTrue(isSame(new Macvlan("ek0", Macvlan.Mode.PRIVATE, mac), 2));
    assertTrue(isSame(new Macvlan("ek0", Macvlan.Mode.PRIVATE, null), 2));
    assertFalse(isSame(new Macvlan("ek1", Macvlan.Mode.PRIVATE, mac), 1));
    assertFalse(isSame(new Macvlan("ek0", Macvlan.Mode.BRIDGE, mac), 2));
    assertFalse(isSame(new Macvlan("ek0", Macvlan.Mode.PRIVATE, new MacAddress(1)), 2));
    assertFalse(isSame(new Dummy(), 0));
  }

  @Test
  void routeAddAndRemove_any_areTheKernels() throws Exception {
    Route route = Route.via(address("10.60.0.0"), 16, address("10.9.0.2"));
    assertEquals("18000106", Captured.header(RouteMessages.add(route, 0)));
    assertEquals(
        hex("02 10 00 00 fe 04 00 01 00000000 0800 0100 0a3c0000 0800 0500 0a090002")
            + hex("0800 0f00 fe000000"),
        Captured.bytes(RouteMessages.add(route, 0)));
    // Whatever its protocol and scope.
    assertEquals("19000100", Captured.header(RouteMessages.remove(route, 0)));
    assertEquals(
        hex("02 10 00 00 fe 00 ff 01 00000000 0800 0100 0a3c0000 0800 0500 0a090002")
            + hex("0800 0f00 fe000000"),
        Captured.bytes(RouteMessages.remove(route, 0)));
    // Without a metric the kernel would take away one of any.
    assertTrue(
        Captured.bytes(RouteMessages.remove(Route.on(address("fd60::"), 64, "ek0"), 3))
            .contains(hex("0800 0600 00040000")));
    // On the link, in a table whose number takes more than a byte.
    Route local =
        new Route(
            Route.Type.LOCAL, address("0.0.0.0"), 0, null, "lo", address("10.9.0.1"), 1000, 7);
    assertEquals(
        hex("02 00 00 00 fc 04 fe 02 00000000 0800 0400 01000000 0800 0700 0a090001")
            + hex("0800 0600 07000000 0800 0f00 e8030000"),
        Captured.bytes(RouteMessages.add(local, 1)));
    Route viaV6 =
        new Route(
            Route.Type.UNICAST,
            address("10.60.0.0"),
            16,
            address("fd09::2"),
            "ek0",
            null,
            Route.MAIN,
            0);
    assertEquals(
        hex("02 10 00 00 fe 04 00 01 00000000 0800 0100 0a3c0000")
            + hex("1600 1200 0a00 fd090000000000000000000000000002 0000")
            + hex("0800 0400 03000000 0800 0f00 fe000000"),
        Captured.bytes(RouteMessages.add(viaV6, 3)));
  }

  @Test
  void routeParse_theKernels_isTheSame() throws Exception {
    assertEquals(
        List.of(
            new Route(
                Route.Type.UNICAST,
                address("10.60.0.0"),
                16,
                address("10.9.0.2"),
                "ek0",
                null,
                Route.MAIN,
                7)),
        routes(ROUTE));
    // RTM_F_CLONED: of the cache; AF_MPLS.
    assertEquals(List.of(), routes(ROUTE.replace("01 00000000", "01 00020000")));
    assertEquals(List.of(), routes("1c" + ROUTE.substring(2)));
  }

  @Test
  void routeIsSame_whatIsNotSaid_isNotCompared() throws Exception {
    Route wanted = Route.via(address("fd60::"), 64, address("fd09::2"));
    Route found =
        new Route(
            Route.Type.UNICAST,
            address("fd60::"),
            64,
            address("fd09::2"),
            "ek0",
            address("fd09::1"),
            Route.MAIN,
            1024);
    assertTrue(RouteMessages.isSame(wanted, found));
    assertFalse(RouteMessages.isSame(found, wanted));
    assertFalse(RouteMessages.isSame(Route.via(address("fd60::"), 64, address("fd09::3")), found));
    assertFalse(RouteMessages.isSame(Route.via(address("fd60::"), 63, address("fd09::2")), found));
    assertFalse(RouteMessages.isSame(Route.on(address("fd60::"), 64, "ek0"), found));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "02 20 00",
        "02 20 80 fe 07000000 0300 0100 0a090001",
        "02 20 80 fe 07000000 0900 0100 0a090001",
        "02 20 80 fe 07000000 0700 0100 0a0900 00",
        "02 20 80 fe 07000000 0800 0300 656b3000",
      })
  void addressParse_lengthWrong_isMalformed(String hex) {
    assertThrows(MalformedException.class, () -> AddressMessages.parse(Captured.message(hex)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "02 10 00 00 fe 04 00 01 000000",
        "02 10 00 00 fe 04 00 01 00000000 0600 0100 0a3c 0000",
        "02 10 00 00 fe 04 00 01 00000000 0800 0900 04000000",
        "02 10 00 00 fe 04 00 01 00000000 0c00 0900 0700 0000 03000000",
        "02 10 00 00 fe 04 00 01 00000000 0c00 0900 0900 0000 03000000",
        "02 10 00 00 fe 04 00 01 00000000 0600 1200 0a00 0000",
      })
  void routeParse_lengthWrong_isMalformed(String hex) {
    assertThrows(MalformedException.class, () -> routes(hex));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00 00 0100 03000000 01000100 000000",
        "00 00 0100 03000000 01000100 00000000 0600 0300 6d30 0000 0800 0400 dc050000",
        "00 00 0100 03000000 01000100 00000000 0700 0300 6d3000 00 0600 0400 dc05 0000",
      })
  void linkParse_lengthWrong_isMalformed(String hex) {
    assertThrows(MalformedException.class, () -> LinkMessages.parse(Captured.message(hex)));
  }

  /** Bytes changed and cut off: an answer or a refusal, nothing else, and it ends. */
  @Test
  void parse_mutated_isAnAnswerOrMalformed() {
    long seed = Long.getLong("evenkeel.seed", 1);
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < 30_000; i++) {
      String golden = List.of(ADDRESS_V4, ADDRESS_V6, LINK, ROUTE).get(i % 4);
      byte[] bytes = HexFormat.of().parseHex(hex(golden));
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      int length = random.nextBoolean() ? bytes.length : random.nextInt(bytes.length);
      ByteBuffer message = ByteBuffer.wrap(bytes, 0, length).slice().order(ByteOrder.nativeOrder());
      try {
        switch (i % 4) {
          case 0, 1 -> {
            AddressMessages.Found found = AddressMessages.parse(message);
            if (found != null) {
              found.on("ek0");
            }
          }
          case 2 -> {
            LinkMessages.parse(message);
            LinkMessages.isSame(message, new Macvlan("ek0", Macvlan.Mode.PRIVATE, null), 2);
          }
          default -> RouteMessages.parse(message, index -> null);
        }
      } catch (MalformedException e) {
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError(
            "-Devenkeel.seed=" + seed + ": " + HexFormat.of().formatHex(bytes), e);
      }
    }
    assertTrue(refused > 10_000, "refused: " + refused);
  }

  private static boolean isSame(LinkKind kind, int parent) {
    return LinkMessages.isSame(Captured.message(LINK), kind, parent);
  }

  private static List<Route> routes(String hex) {
    return RouteMessages.parse(Captured.message(hex), index -> index == 3 ? "ek0" : null);
  }

  private static String hex(String spaced) {
    return spaced.replace(" ", "");
  }

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }
}

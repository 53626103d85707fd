package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.netlink.MalformedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bytes that Linux 6.1 answered with in the lab, behind the netlink header: {@code answers.txt}.
 * Little-endian, as that machine is.
 */
class IpvsCodecTest {
  private static final IpvsCodec CODEC = new IpvsCodec(0x20);
  private static final IpvsKey SIP = new IpvsAddress(IpvsProtocol.UDP, inet("10.1.0.1"), 5060);
  private static final IpvsKey MARK6 = new IpvsMark(0x12345678L, AddressFamily.IPV6);

  private static List<Answer> answers() {
    return List.of(
        Answer.SERVICE,
        Answer.MARK,
        Answer.DESTINATION,
        Answer.DIRECT,
        Answer.DAEMON,
        Answer.CONFIG,
        Answer.INFO);
  }

  @Test
  void decode_whatTheKernelSaid_isWhatWasSet() {
    assertEquals(
        new ServiceStatus(
            new IpvsService(SIP, "wrr", Set.of(), new IpvsPersistence(300, 24, null), true),
            IpvsStats.ZERO),
        Answer.SERVICE.decode(Answer.SERVICE.bytes()));
    assertEquals(
        new ServiceStatus(
            new IpvsService(
                MARK6, "mh", Set.of(SchedulerFlag.FIRST, SchedulerFlag.SECOND), null, false),
            IpvsStats.ZERO),
        Answer.MARK.decode(Answer.MARK.bytes()));
    assertEquals(
        new DestinationStatus(gue(), 0, 0, 0, IpvsStats.ZERO),
        Answer.DESTINATION.decode(Answer.DESTINATION.bytes()));
    assertEquals(
        new DestinationStatus(
            IpvsDestination.of(inet("2001:db8::3"), 0, ForwardingMethod.DIRECT, 1),
            0,
            0,
            0,
            IpvsStats.ZERO),
        Answer.DIRECT.decode(Answer.DIRECT.bytes()));
    assertEquals(
        new IpvsDaemon(IpvsDaemon.Role.BACKUP, "lo", 7, 1400, inet("224.1.2.3"), 8849, 3),
        Answer.DAEMON.decode(Answer.DAEMON.bytes()));
    assertEquals(new IpvsTimeouts(900, 120, 300), Answer.CONFIG.decode(Answer.CONFIG.bytes()));
    assertEquals(new IpvsInfo(1, 2, 1, 4096), Answer.INFO.decode(Answer.INFO.bytes()));
  }

  @Test
  void change_service_areTheBytesThatTheKernelTook() throws Exception {
    assertEquals(
        "01010000"
            + "54000180"
            + ("0600010002000000" + "0600020011000000")
            + ("140003000a010001000000000000000000000000" + "0600040013c40000")
            + ("0800060077727200" + "0c000700050000003d000000" + "080008002c010000")
            + "08000900ffffff00",
        hex(
            new IpvsChange.AddService(
                new IpvsService(SIP, "wrr", Set.of(), new IpvsPersistence(300, 24, null), true))));
  }

  @Test
  void change_destination_areTheBytesThatTheKernelTook() throws Exception {
    assertEquals(
        "05010000"
            + "14000180"
            + ("060001000a000000" + "0800050078563412")
            + "60000280"
            + ("1400010020010db8000000000000000000000002" + "0600020013c40000" + "06000b000a000000")
            + ("0800030002000000" + "0800040007000000" + "0800050064000000" + "0800060032000000")
            + ("05000d0001000000" + "06000e0017c00000" + "06000f0002000000"),
        hex(new IpvsChange.AddDestination(MARK6, gue())));
    assertEquals(
        "07010000"
            + "14000180"
            + ("060001000a000000" + "0800050078563412")
            + "28000280"
            + ("1400010020010db8000000000000000000000002"
                + "0600020013c40000"
                + "06000b000a000000"),
        hex(new IpvsChange.DeleteDestination(MARK6, gue())));
  }

  @Test
  void change_withoutValues_areTheBytesThatTheKernelTook() throws Exception {
    assertEquals("11010000", hex(new IpvsChange.Flush()));
    assertEquals("10010000", hex(new IpvsChange.Zero(null)));
    assertEquals(
        "1001000014000180" + "060001000a000000" + "0800050078563412",
        hex(new IpvsChange.Zero(MARK6)));
    assertEquals(
        "0301000014000180" + "060001000a000000" + "0800050078563412",
        hex(new IpvsChange.DeleteService(MARK6)));
  }

  @Test
  void service_everyValue_roundTrips() throws Exception {
    List<IpvsService> all = new ArrayList<>();
    List<IpvsKey> keys =
        new ArrayList<>(
            List.of(
                new IpvsMark(1, AddressFamily.IPV4),
                new IpvsMark(0xffff_ffffL, AddressFamily.IPV6),
                new IpvsAddress(IpvsProtocol.TCP, AddressFamily.inet(mapped()), 1)));
    for (IpvsProtocol protocol : IpvsProtocol.values()) {
      keys.add(new IpvsAddress(protocol, inet("255.254.253.252"), 65535));
      keys.add(new IpvsAddress(protocol, inet("2001:db8::fffe"), 0));
    }
    for (IpvsKey key : keys) {
      // twos: the lab's kernel has none.
      for (String scheduler : List.of("rr", "twos", "a-name-with-15c")) {
        all.add(IpvsService.of(key, scheduler));
      }
      for (SchedulerFlag flag : SchedulerFlag.values()) {
        all.add(new IpvsService(key, "sh", Set.of(flag), null, true));
      }
      int least = key.family() == AddressFamily.IPV6 ? 1 : 0;
      for (int prefix = least; prefix <= key.family().bits(); prefix++) {
        all.add(
            new IpvsService(
                key,
                "wlc",
                Set.of(SchedulerFlag.values()),
                new IpvsPersistence(prefix + 1L, prefix, prefix % 2 == 0 ? null : "sip"),
                false));
      }
      all.add(
          new IpvsService(key, "rr", Set.of(), new IpvsPersistence(4_294_967, 32, null), false));
    }

    for (IpvsService service : all) {
      for (IpvsChange change :
          List.of(new IpvsChange.AddService(service), new IpvsChange.EditService(service))) {
        byte[] payload = Recorder.payload(CODEC.change(change));
        payload[0] = 1;
        assertEquals(new ServiceStatus(service, IpvsStats.ZERO), Answer.SERVICE.decode(payload));
      }
    }
  }

  @Test
  void destination_everyValue_roundTrips() throws Exception {
    List<IpvsDestination> all = new ArrayList<>();
    for (InetAddress address :
        List.of(inet("10.2.0.1"), inet("2001:db8::1"), AddressFamily.inet(mapped()))) {
      for (ForwardingMethod method : ForwardingMethod.values()) {
        all.add(IpvsDestination.of(address, 65535, method, Integer.MAX_VALUE));
        all.add(IpvsDestination.of(address, 0, method, 0));
      }
      List<IpvsTunnel> tunnels =
          new ArrayList<>(
              List.of(
                  IpvsTunnel.IPIP,
                  new IpvsTunnel(IpvsTunnel.Type.GRE, 0, IpvsTunnel.Checksum.NONE),
                  new IpvsTunnel(IpvsTunnel.Type.GRE, 0, IpvsTunnel.Checksum.PRESENT)));
      for (IpvsTunnel.Checksum checksum : IpvsTunnel.Checksum.values()) {
        tunnels.add(new IpvsTunnel(IpvsTunnel.Type.GUE, 1, checksum));
        tunnels.add(new IpvsTunnel(IpvsTunnel.Type.GUE, 65535, checksum));
      }
      for (IpvsTunnel tunnel : tunnels) {
        all.add(
            new IpvsDestination(
                address, 80, ForwardingMethod.TUNNEL, tunnel, 1, 0xffff_ffffL, 0xffff_ffffL));
      }
    }

    for (IpvsDestination destination : all) {
      byte[] payload =
          Recorder.payload(CODEC.change(new IpvsChange.AddDestination(MARK6, destination)));
      AttributeTree tree = AttributeTree.parse(payload, List.of(1, 2));
      AttributeTree body = tree.find(2);
      tree.children.remove(0);
      body.children.add(new AttributeTree(7, (byte) 1, (byte) 0, (byte) 0, (byte) 0x80));
      body.children.add(new AttributeTree(8, (byte) 2, (byte) 0, (byte) 0, (byte) 0));
      body.children.add(new AttributeTree(9, (byte) 3, (byte) 0, (byte) 0, (byte) 0));
      assertEquals(
          new DestinationStatus(destination, 0x8000_0001L, 2, 3, IpvsStats.ZERO),
          Answer.DESTINATION.decode(tree.bytes()));
    }
  }

  @Test
  void daemonAndTimeouts_everyValue_roundTrip() throws Exception {
    List<IpvsDaemon> daemons =
        List.of(
            IpvsDaemon.of(IpvsDaemon.Role.MASTER, "eth0", 0),
            new IpvsDaemon(
                IpvsDaemon.Role.BACKUP,
                "a23456789012345",
                255,
                65507,
                inet("ff02::81"),
                65535,
                255),
            new IpvsDaemon(IpvsDaemon.Role.MASTER, "lo", 1, 1, inet("239.255.255.255"), 1, 1));
    for (IpvsDaemon daemon : daemons) {
      assertEquals(daemon, Answer.DAEMON.decode(Recorder.payload(CODEC.startDaemon(daemon))));
    }
    IpvsTimeouts timeouts = new IpvsTimeouts(21_474_836, 0, 1);
    assertEquals(timeouts, Answer.CONFIG.decode(Recorder.payload(CODEC.setTimeouts(timeouts))));
  }

  @Test
  void stats_64AndElse32_areRead() {
    AttributeTree tree = Answer.SERVICE.tree();
    AttributeTree body = tree.find(1);
    for (AttributeTree counter : body.find(12).children) {
      counter.value = fill(counter.value.length, counter.type);
    }
    for (AttributeTree counter : body.find(10).children) {
      counter.value = fill(counter.value.length, 0x10 * counter.type);
    }

    assertEquals(
        stats(0x0101010101010101L, false, 1),
        ((ServiceStatus) Answer.SERVICE.decode(tree.bytes())).stats());

    body.children.remove(body.find(12));
    assertEquals(
        stats(0x01010101L, true, 0x10),
        ((ServiceStatus) Answer.SERVICE.decode(tree.bytes())).stats());
  }

  private static IpvsStats stats(long one, boolean isShort, int factor) {
    long bytes = 0x0101010101010101L;
    return new IpvsStats(
        one * factor,
        one * 2 * factor,
        one * 3 * factor,
        (isShort ? bytes : one) * 4 * factor,
        (isShort ? bytes : one) * 5 * factor,
        one * 6 * factor,
        one * 7 * factor,
        one * 8 * factor,
        one * 9 * factor,
        one * 10 * factor);
  }

  private static byte[] fill(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  /** Each length that is too short for its header or too long for what there is. */
  @ParameterizedTest
  @MethodSource("answers")
  void decode_everyLengthField_isHeldTo(Answer answer) {
    byte[] good = answer.bytes();
    List<Integer> fields = new ArrayList<>();
    lengthFields(answer.tree(), 4, fields);
    assertTrue(fields.size() >= 2, fields.toString());
    for (int at : fields) {
      for (int length : new int[] {0, 3, 0xffff}) {
        // Those of statistics of 32 bits are not looked at beside those of 64.
        byte[] bad = good.clone();
        bad[at] = (byte) length;
        bad[at + 1] = (byte) (length >> 8);
        assertMalformed(answer, bad, "length at " + at + ": " + length);
      }
    }
  }

  private static int lengthFields(AttributeTree tree, int start, List<Integer> fields) {
    int at = start;
    for (AttributeTree child : tree.children) {
      fields.add(at);
      boolean isLooked = child.type != 10 || child.children.isEmpty();
      int end = lengthFields(child, at + 4, isLooked ? fields : new ArrayList<>());
      at = child.children.isEmpty() ? at + 4 + ((child.value.length + 3) & ~3) : end;
    }
    return at;
  }

  @ParameterizedTest
  @MethodSource("answers")
  void decode_everyValueOfAnotherLength_isMalformed(Answer answer) {
    int size = answer.body(answer.tree()).children.size();
    for (int i = 0; i < size; i++) {
      for (int change : new int[] {-1, 1}) {
        AttributeTree tree = answer.tree();
        AttributeTree value = answer.body(tree).children.get(i);
        boolean isText = value.type == 6 && isService(answer);
        boolean isUnread =
            (answer.equals(Answer.MARK) && (value.type == 8 || value.type == 9))
                || (answer.equals(Answer.DIRECT) && value.type >= 13)
                || (answer.equals(Answer.DAEMON) && value.type == 2);
        if (isText || isUnread || !value.children.isEmpty()) {
          continue;
        }
        value.value = Arrays.copyOf(value.value, value.value.length + change);
        assertMalformed(answer, tree.bytes(), "value of " + value.type + " by " + change);
      }
    }
  }

  private static boolean isService(Answer answer) {
    return answer.equals(Answer.SERVICE) || answer.equals(Answer.MARK);
  }

  @ParameterizedTest
  @MethodSource("answers")
  void decode_everyValueMissing_isMalformedUnlessOptional(Answer answer) {
    for (int i = 0; i < answer.body(answer.tree()).children.size(); i++) {
      AttributeTree tree = answer.tree();
      AttributeTree removed = answer.body(tree).children.remove(i);
      boolean isKey = answer.equals(Answer.MARK) && removed.type == 5;
      if (isKey || !answer.optional().contains(removed.type)) {
        assertMalformed(answer, tree.bytes(), "without " + removed.type);
      } else {
        answer.decode(tree.bytes());
      }
    }
  }

  @Test
  void decode_statistic_missingOrOfAnotherLength_isMalformed() {
    for (int i = 0; i < 10; i++) {
      AttributeTree tree = Answer.SERVICE.tree();
      List<AttributeTree> counters =
          tree.find(1).find(12).children.stream().filter(one -> one.value.length == 8).toList();
      counters.get(i).value = new byte[4];
      assertMalformed(Answer.SERVICE, tree.bytes(), "statistic " + i);
      tree.find(1).find(12).children.remove(counters.get(i));
      assertMalformed(Answer.SERVICE, tree.bytes(), "no statistic " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("answers")
  void decode_everyTruncation_isMalformed(Answer answer) {
    byte[] good = answer.bytes();
    for (int length = 0; length < good.length; length++) {
      byte[] bad = Arrays.copyOf(good, length);
      int cut = length;
      // Padding at the very end is not needed.
      if (good.length - cut < 4) {
        continue;
      }
      assertMalformed(answer, bad, "cut to " + cut);
    }
  }

  @Test
  void decode_everyEnumeratedValue_isHeldTo() {
    bad(Answer.SERVICE, 1, value -> value[0] = 3);
    bad(Answer.SERVICE, 2, value -> value[0] = 1);
    bad(Answer.SERVICE, 6, value -> value[0] = ' ');
    bad(Answer.SERVICE, 6, value -> value[3] = 'x');
    bad(Answer.MARK, 1, value -> value[0] = 0);
    bad(Answer.MARK, 5, value -> Arrays.fill(value, (byte) 0));
    bad(Answer.DESTINATION, 3, value -> value[0] = 5);
    bad(Answer.DESTINATION, 3, value -> value[0] = 7);
    bad(Answer.DESTINATION, 4, value -> value[3] = (byte) 0x80);
    bad(Answer.DESTINATION, 6, value -> value[0] = 101);
    bad(Answer.DESTINATION, 11, value -> value[0] = 1);
    bad(Answer.DESTINATION, 13, value -> value[0] = 3);
    bad(Answer.DESTINATION, 14, value -> Arrays.fill(value, (byte) 0));
    bad(Answer.DESTINATION, 15, value -> value[0] = 4);
    bad(Answer.DAEMON, 1, value -> value[0] = 0);
    bad(Answer.DAEMON, 1, value -> value[0] = 3);
    bad(Answer.DAEMON, 1, value -> value[3] = (byte) 0x80);
    bad(Answer.DAEMON, 3, value -> value[1] = 1);
    bad(Answer.DAEMON, 5, value -> value[0] = 10);
    bad(Answer.CONFIG, 4, value -> value[3] = (byte) 0xff);
  }

  /** The flags of a persistent IPv6 service make its prefix count. */
  @Test
  void decode_prefixOfIpv6_isHeldTo() {
    for (int prefix : new int[] {0, 129, 255}) {
      AttributeTree tree = Answer.MARK.tree();
      tree.find(1).find(7).value[0] |= 1;
      tree.find(1).find(8).value[0] = 1;
      tree.find(1).find(9).value[0] = (byte) prefix;
      assertMalformed(Answer.MARK, tree.bytes(), "prefix " + prefix);
    }
  }

  @ParameterizedTest
  @MethodSource("answers")
  void decode_anotherCommand_isMalformed(Answer answer) {
    byte[] bytes = answer.bytes();
    bytes[0]++;
    assertMalformed(answer, bytes, "command");
  }

  private static void bad(Answer answer, int type, Consumer<byte[]> change) {
    AttributeTree tree = answer.tree();
    AttributeTree body = answer.body(tree);
    change.accept(body.find(type).value);
    assertMalformed(answer, tree.bytes(), "value of " + type);
  }

  private static void assertMalformed(Answer answer, byte[] bytes, String what) {
    assertThrows(MalformedException.class, () -> answer.decode(bytes), answer + ": " + what);
  }

  private static String hex(IpvsChange change) throws IOException {
    return HexFormat.of().formatHex(Recorder.payload(CODEC.change(change)));
  }

  private static IpvsDestination gue() {
    return new IpvsDestination(
        inet("2001:db8::2"),
        5060,
        ForwardingMethod.TUNNEL,
        new IpvsTunnel(IpvsTunnel.Type.GUE, 6080, IpvsTunnel.Checksum.REMOTE),
        7,
        100,
        50);
  }

  /** ::ffff:10.0.0.1 */
  private static byte[] mapped() {
    byte[] bytes = new byte[16];
    bytes[10] = -1;
    bytes[11] = -1;
    bytes[12] = 10;
    bytes[15] = 1;
    return bytes;
  }

  private static InetAddress inet(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.evenkeel.vrrp.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What tcpdump and tshark make of our packets. Of version 3 on IPv4 both want keepalived's form of
 * the checksum, with the pseudo header, and tshark the RFC's plain one if it is told so; neither
 * knows a third, nor that a trailer is not a part of the message. Of those packets it is their
 * checksum alone that they may complain of.
 */
class WireIT {
  private static final long SECOND = 1_000_000_000;
  private static final InetAddress SELF = Captures.address("192.0.2.1");
  private static final InetAddress PEER = Captures.address("192.0.2.2");
  private static final InetAddress SELF_V6 = Captures.address("fe80::1");
  private static final InetAddress PEER_V6 = Captures.address("fe80::2");
  private static final List<InetAddress> ONE = List.of(Captures.address("192.0.2.100"));
  private static final List<InetAddress> TWO_V6 =
      List.of(Captures.address("fe80::100"), Captures.address("2001:db8::100"));

  private static final String PLAIN_CHECKSUM = "vrrp.v3_checksum_as_in_v2:TRUE";
  private static final Pattern COMPLAINT =
      Pattern.compile("bad|incorrect|malformed|invalid|unknown|wrong|\\[\\||\\(expert");
  private static final int RAW_IP = 101;

  @TempDir private Path directory;

  /** A packet, as it is on the wire, and what it says. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Sent(byte[] bytes, String fields) {}

  @Test
  void encode_eachKind_isReadWithoutAComplaint() throws Exception {
    List<Sent> sent = new ArrayList<>();
    List<InetAddress> many =
        IntStream.rangeClosed(1, 255).mapToObj(i -> Captures.address("198.51.100." + i)).toList();
    for (Set<InetAddress> peers : List.of(Set.<InetAddress>of(), Set.of(PEER))) {
      for (Authentication authentication :
          List.of(
              Authentication.none(),
              Authentication.password("secret"),
              Authentication.header("secret12"))) {
        sent.addAll(packets(v2(authentication, peers), 100));
      }
      sent.addAll(packets(v3(ChecksumForm.PSEUDO_HEADER, ONE, null, peers), 0));
      sent.addAll(packets(v3(ChecksumForm.PSEUDO_HEADER, many, null, peers), 255));
      sent.addAll(packets(v3(ChecksumForm.PSEUDO_HEADER, List.of(), null, peers), 1));
    }
    for (Set<InetAddress> peers : List.of(Set.<InetAddress>of(), Set.of(PEER_V6))) {
      sent.addAll(packets(v6(TWO_V6, null, peers), 100));
      sent.addAll(packets(v6(List.of(), null, peers), 0));
      sent.addAll(packets(v6(TWO_V6, keys(), peers), 100));
    }
    sent.addAll(packets(both(), 254));
    assertEquals(20, sent.size());

    String text = tcpdump(sent);
    assertFalse(COMPLAINT.matcher(text).find(), text);
    assertEquals(sent.size(), count(text, "Advertisement, vrid 51"), text);
    assertEquals(fields(sent, "1", ""), tshark(sent));
  }

  @Test
  void encode_withThePlainForm_isReadWithoutAComplaintByWhatKnowsIt() throws Exception {
    List<Sent> sent = new ArrayList<>();
    sent.addAll(packets(v3(ChecksumForm.PLAIN, ONE, null, Set.of()), 100));
    sent.addAll(packets(v3(ChecksumForm.PLAIN, ONE, null, Set.of(PEER)), 100));

    assertEquals(fields(sent, "1", ""), tshark(sent, PLAIN_CHECKSUM));
    assertEquals(fields(sent, "0", "Bad checksum"), tshark(sent));
  }

  @Test
  void encode_withAFormThatNoneKnows_isReadWithAComplaintOfItsChecksumAlone() throws Exception {
    List<Sent> sent = new ArrayList<>();
    sent.addAll(packets(v3(ChecksumForm.GROUP_PSEUDO_HEADER, ONE, null, Set.of(PEER)), 100));
    sent.addAll(packets(v3(ChecksumForm.PSEUDO_HEADER, ONE, keys(), Set.of()), 100));
    sent.addAll(packets(v3(ChecksumForm.PLAIN, ONE, keys(), Set.of()), 100));

    String text = tcpdump(sent);
    assertEquals(sent.size(), count(text, "bad vrrp cksum"), text);
    assertFalse(COMPLAINT.matcher(text.replace("bad vrrp cksum", "")).find(), text);
    assertEquals(fields(sent, "0", "Bad checksum"), tshark(sent));
  }

  @Test
  void complaint_ofADamagedPacket_isFound() throws Exception {
    Sent damaged = packets(v2(Authentication.none(), Set.of()), 100).get(0);
    damaged.bytes()[27] ^= 1;

    assertTrue(COMPLAINT.matcher(tcpdump(List.of(damaged))).find());
    assertEquals(fields(List.of(damaged), "0", "Bad checksum"), tshark(List.of(damaged)));
  }

  private static String fields(List<Sent> sent, String checksumStatus, String expert) {
    return sent.stream()
        .map(each -> each.fields() + "|" + checksumStatus + "|" + expert + "\n")
        .collect(Collectors.joining());
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }

  private String tcpdump(List<Sent> sent) throws Exception {
    return run(List.of("tcpdump", "-nn", "-vvv", "-r", write(sent)));
  }

  /** By lines: what each says, 1 if its checksum is right, and what is wrong. */
  private String tshark(List<Sent> sent, String... preferences) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("tshark", "-n", "-r", write(sent), "-o", "ip.check_checksum:TRUE"));
    for (String each : preferences) {
      command.addAll(List.of("-o", each));
    }
    command.addAll(List.of("-T", "fields", "-E", "separator=|"));
    for (String field :
        List.of(
            "vrrp.version",
            "vrrp.virt_rtr_id",
            "vrrp.prio",
            "vrrp.addr_count",
            "vrrp.adver_int",
            "vrrp.short_adver_int",
            "ip.checksum.status",
            "_ws.malformed",
            "vrrp.checksum.status",
            "_ws.expert.message")) {
      command.addAll(List.of("-e", field));
    }
    return run(command).replaceAll(" \\[should be 0x[0-9a-f]{4}\\]", "");
  }

  private String write(List<Sent> sent) throws IOException {
    int size = 24 + sent.stream().mapToInt(each -> 16 + each.bytes().length).sum();
    ByteBuffer file =
        ByteBuffer.allocate(size)
            .putInt(0xa1b2c3d4)
            .putShort((short) 2)
            .putShort((short) 4)
            .putLong(0)
            .putInt(65_535)
            .putInt(RAW_IP);
    for (Sent each : sent) {
      int length = each.bytes().length;
      file.putLong(0).putInt(length).putInt(length).put(each.bytes());
    }
    return Files.write(directory.resolve("sent.pcap"), file.array()).toString();
  }

  /** Both programs tell on their standard errors that they run as root, and from what they read. */
  private String run(List<String> command) throws Exception {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(directory.resolve("errors").toFile())
            .start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), command + ": no end");
    } finally {
      process.destroyForcibly();
    }
    assertEquals(0, process.exitValue(), () -> command + ": " + read("errors"));
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  private String read(String name) {
    try {
      return Files.readString(directory.resolve(name));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static List<Sent> packets(WireConfig config, int priority) {
    InetAddress source = config.isV6() ? SELF_V6 : SELF;
    InetAddress group = config.isV6() ? Captures.GROUP_V6 : Captures.GROUP_V4;
    InetAddress destination = config.peers().isEmpty() ? group : config.peers().iterator().next();
    List<Sent> sent = new ArrayList<>();
    for (byte[] each : new Wire(config).encode(priority, source, destination, Captures.NOW)) {
      boolean isV2 = config.version() == Version.V2 || !sent.isEmpty();
      String fields =
          String.format(
              Locale.ROOT,
              "%d|51|%d|%d|%s|%s|%s|",
              isV2 ? 2 : 3,
              priority,
              Math.max(1, config.addresses().size()),
              isV2 ? config.intervalNanos() / SECOND : "",
              isV2 ? "" : config.intervalNanos() / (SECOND / 100),
              config.isV6() ? "" : "1");
      sent.add(new Sent(config.isV6() ? withHeader(each, source, destination) : each, fields));
    }
    return sent;
  }

  private static byte[] withHeader(byte[] message, InetAddress source, InetAddress destination) {
    return ByteBuffer.allocate(40 + message.length)
        .putInt(6 << 28 | 0xc0 << 20)
        .putShort((short) message.length)
        .put((byte) 112)
        .put((byte) 255)
        .put(source.getAddress())
        .put(destination.getAddress())
        .put(message)
        .array();
  }

  private static HmacKeys keys() {
    return new HmacKeys(Map.of(7, Captures.KEY), 7, HmacKeys.Mode.ENFORCE, null);
  }

  private static WireConfig v2(Authentication authentication, Set<InetAddress> peers) {
    return new WireConfig(
        Version.V2,
        false,
        51,
        false,
        2 * SECOND,
        ONE,
        authentication,
        null,
        ChecksumForm.PSEUDO_HEADER,
        peers,
        0);
  }

  private static WireConfig v3(
      ChecksumForm form,
      List<InetAddress> addresses,
      @Nullable HmacKeys keys,
      Set<InetAddress> peers) {
    return new WireConfig(
        Version.V3,
        false,
        51,
        false,
        SECOND / 100,
        addresses,
        Authentication.none(),
        keys,
        form,
        peers,
        0);
  }

  private static WireConfig v6(
      List<InetAddress> addresses, @Nullable HmacKeys keys, Set<InetAddress> peers) {
    return new WireConfig(
        Version.V3,
        false,
        51,
        true,
        4095 * SECOND / 100,
        addresses,
        Authentication.none(),
        keys,
        ChecksumForm.PSEUDO_HEADER,
        peers,
        0);
  }

  private static WireConfig both() {
    return new WireConfig(
        Version.V3,
        true,
        51,
        false,
        SECOND,
        ONE,
        Authentication.none(),
        null,
        ChecksumForm.PSEUDO_HEADER,
        Set.of(),
        0);
  }
}

package io.evenkeel.vrrp.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.vrrp.protocol.Received.Accepted;
import io.evenkeel.vrrp.protocol.Received.Rejected;
import java.io.IOException;
import java.net.Inet6Address;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever comes: an advertisement for this router, or a rejection. With the inputs in {@code
 * WireFuzzTestInputs} and with random ones here; Jazzer looks for others, see CONTRIBUTING.md.
 */
public class WireFuzzTest {
  private static final int PACKETS = Integer.getInteger("evenkeel.packets", 500_000);
  private static final int MAX_RANDOM_BYTES = 100;

  /** One of so many rejected packets is also read by a router that has heard nobody yet. */
  private static final int SAMPLE = 16;

  @ParameterizedTest
  @MethodSource("inputs")
  void target_anInput_isTakenOrRejected(Path input) throws IOException {
    Decode.fuzzerTestOneInput(Files.readAllBytes(input));
  }

  static List<Path> inputs() throws Exception {
    Path directory =
        Path.of(
            Objects.requireNonNull(WireFuzzTest.class.getResource("WireFuzzTestInputs")).toURI());
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** A packet, to a router of each kind. */
  public static final class Decode {
    private Decode() {}

    /** What Jazzer calls. */
    public static void fuzzerTestOneInput(byte[] bytes) {
      for (Captures capture : Captures.values()) {
        check(capture, decode(new Wire(capture.config()), capture, bytes));
      }
    }
  }

  @Test
  void decode_manyRandomPackets_areTakenOrRejectedAndCounted() {
    long seed = Long.getLong("evenkeel.seed", new Random().nextLong());
    Random random = new Random(seed);
    Captures[] captures = Captures.values();
    Wire[] wires =
        Arrays.stream(captures).map(each -> new Wire(each.config())).toArray(Wire[]::new);
    Map<Rejection, Integer> rejected = new EnumMap<>(Rejection.class);
    int accepted = 0;
    for (int i = 0; i < PACKETS; i++) {
      int which = random.nextInt(captures.length);
      byte[] bytes = bytes(captures[which], random);
      Received received = decode(wires[which], captures[which], bytes);
      check(captures[which], received);
      if (received instanceof Rejected why) {
        rejected.merge(why.rejection(), 1, Integer::sum);
        if (i % SAMPLE == 0) {
          checkThatItChangesNothing(captures[which], bytes, "seed " + seed + ", packet " + i);
        }
      } else {
        accepted++;
      }
    }
    String what = PACKETS + " packets, seed " + seed + ": accepted " + accepted + ", " + rejected;
    System.out.println(what);
    // Each check is reached, but that for itself: nothing was sent.
    for (Rejection each : Rejection.values()) {
      assertEquals(each != Rejection.OWN, rejected.containsKey(each), each + ": " + what);
    }
    assertTrue(accepted > 0, what);
  }

  /** Random, or one that was captured with something else in it, mostly with right checksums. */
  private static byte[] bytes(Captures capture, Random random) {
    if (random.nextInt(8) == 0) {
      byte[] bytes = new byte[random.nextInt(MAX_RANDOM_BYTES)];
      random.nextBytes(bytes);
      return bytes;
    }
    byte[] bytes = capture.bytes();
    if (random.nextInt(8) == 0) {
      bytes = Arrays.copyOf(bytes, random.nextInt(MAX_RANDOM_BYTES));
    }
    for (int changes = random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    if (random.nextInt(4) != 0) {
      repair(capture, bytes);
    }
    return bytes;
  }

  private static void repair(Captures capture, byte[] bytes) {
    int start = capture.start();
    if (bytes.length < start + Message.ADDRESSES) {
      return;
    }
    ByteBuffer packet = ByteBuffer.wrap(bytes).putShort(start + Message.CHECKSUM, (short) 0);
    Packet now = capture.packet(bytes);
    int trailer = capture.hasTrailer() && !capture.isV6() ? Trailer.BYTES : 0;
    int end = Math.max(start, bytes.length - trailer);
    long sum = Checksum.sum(bytes, start, end);
    if (!capture.isV2() && capture.form() != ChecksumForm.PLAIN) {
      sum +=
          Checksum.pseudo(now.source().getAddress(), now.destination().getAddress(), end - start);
    }
    packet.putShort(start + Message.CHECKSUM, (short) Checksum.of(sum));
    if (!capture.isV6()) {
      packet.putShort(Ipv4Header.TOTAL_LENGTH, (short) bytes.length);
      packet.putShort(Ipv4Header.CHECKSUM, (short) 0);
      packet.putShort(
          Ipv4Header.CHECKSUM, (short) Checksum.of(Checksum.sum(bytes, 0, Ipv4Header.BYTES)));
    }
  }

  private static Received decode(Wire wire, Captures capture, byte[] bytes) {
    Packet packet =
        capture.isV6() || bytes.length >= Ipv4Header.BYTES
            ? capture.packet(bytes)
            : new Packet(capture.source(), capture.destination(), 255, bytes);
    return wire.decode(packet, 0, Captures.NOW);
  }

  private static void checkThatItChangesNothing(Captures capture, byte[] bytes, String what) {
    Received alone = decode(new Wire(capture.config()), capture, capture.bytes());
    Wire wire = new Wire(capture.config());
    // To one that has heard others it may have been a replay.
    if (decode(wire, capture, bytes) instanceof Rejected why) {
      assertEquals(alone, decode(wire, capture, capture.bytes()), () -> what + ": " + why);
    }
  }

  private static void check(Captures capture, Received received) {
    if (received instanceof Rejected why) {
      assertTrue(why.detail().matches("[a-zA-Z0-9 /-]+: .+ \\(expected: .+\\)"), why.detail());
      return;
    }
    Advertisement advertisement = ((Accepted) received).advertisement();
    assertEquals(capture.vrid(), advertisement.vrid());
    assertEquals(capture.isV2() ? Version.V2 : Version.V3, advertisement.version());
    assertTrue(advertisement.intervalNanos() > 0, "interval");
    assertTrue(advertisement.priority() >= 0 && advertisement.priority() <= 255, "priority");
    assertTrue(
        advertisement.addresses().stream()
            .allMatch(each -> each instanceof Inet6Address == capture.isV6()),
        "family");
  }
}

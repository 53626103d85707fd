package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets of a protocol between two namespaces, and waiting for them. */
@Tag("smoke")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RawSocketIT {
  private static final int PROTOCOL = 112;
  private static final long BOUND_NANOS = Duration.ofSeconds(30).toNanos();
  private static final InetAddress GROUP_V4 = address("224.0.0.18");
  private static final InetAddress GROUP_V6 = address("ff02::12");

  private TwoHosts hosts;
  private Network here;
  private Network there;

  @SuppressWarnings("ArrayRecordComponent")
  private record Heard(InetAddress source, InetAddress destination, int hopLimit, byte[] bytes) {}

  @BeforeEach
  void makeHosts() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root, to make namespaces");
    assumeTrue(TwoHosts.isPossible(), "needs CAP_SYS_ADMIN, to make namespaces");
    hosts = new TwoHosts();
    here = Network.open(hosts.here);
    there = Network.open(hosts.there);
  }

  @AfterEach
  void removeHosts() throws Exception {
    for (Network network : Arrays.asList(here, there)) {
      if (network != null) {
        network.close();
      }
    }
    if (hosts != null) {
      hosts.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void send_byMulticastAndToOne_isHeardAsItWasSent(boolean isV6) throws Exception {
    InetAddress source = address(isV6 ? "fd09::1" : "10.9.0.1");
    InetAddress group = isV6 ? GROUP_V6 : GROUP_V4;
    InetAddress one = address(isV6 ? "fd09::2" : "10.9.0.2");
    try (RawSocket sender = here.rawSocket("ek0", isV6, PROTOCOL);
        RawSocket receiver = there.rawSocket("ek0", isV6, PROTOCOL);
        Poller poller = Poller.open()) {
      receiver.join(group);
      sender.join(group);
      poller.add(receiver);
      for (InetAddress destination : List.of(group, one)) {
        byte[] payload = {0x31, 7, 100, 1, 0, 100, 0, 0, 10, 9, 0, 100};
        sender.send(source, destination, packet(source, destination, payload));

        Heard heard = await(poller, receiver);

        assertEquals(source, heard.source());
        assertEquals(destination, heard.destination());
        assertEquals(255, heard.hopLimit());
        int header = isV6 ? 0 : 20;
        assertEquals(header + payload.length, heard.bytes().length);
        assertArrayEquals(payload, Arrays.copyOfRange(heard.bytes(), header, heard.bytes().length));
        if (!isV6) {
          assertEquals((byte) 0xc0, heard.bytes()[1]);
        }
        assertFalse(receiver.receive(RawSocketIT::unexpected));
      }
      // It had arrived when the other host's had.
      assertFalse(sender.receive(RawSocketIT::unexpected));
    }
  }

  @Test
  void send_fromASecondAddress_comesFromIt() throws Exception {
    hosts.ip("addr add fd09::11/128 dev ek0 nodad");
    InetAddress source = address("fd09::11");
    try (RawSocket sender = here.rawSocket("ek0", true, PROTOCOL);
        RawSocket receiver = there.rawSocket("ek0", true, PROTOCOL);
        Poller poller = Poller.open()) {
      receiver.join(GROUP_V6);
      poller.add(receiver);

      sender.send(source, GROUP_V6, new byte[] {0x31, 7});

      assertEquals(source, await(poller, receiver).source());
      InetAddress foreign = address("fd09::99");
      assertThrows(
          KernelException.class, () -> sender.send(foreign, GROUP_V6, new byte[] {0x31, 7}));
    }
  }

  /** Of IPv4's multicast what was not joined does not come, though another of the host hears it. */
  @Test
  void receive_notJoined_hearsOnlyWhatIsSentToThisHost() throws Exception {
    InetAddress source = address("10.9.0.1");
    InetAddress group = GROUP_V4;
    InetAddress one = address("10.9.0.2");
    try (RawSocket sender = here.rawSocket("ek0", false, PROTOCOL);
        RawSocket member = there.rawSocket("ek0", false, PROTOCOL);
        RawSocket other = there.rawSocket("ek0", false, PROTOCOL);
        Poller poller = Poller.open()) {
      member.join(group);
      poller.add(other);
      sender.send(source, group, packet(source, group, new byte[] {0x31, 7}));
      sender.send(source, one, packet(source, one, new byte[] {0x31, 8}));

      assertEquals(one, await(poller, other).destination());

      assertFalse(other.receive(RawSocketIT::unexpected));
      assertTrue(member.receive((from, to, hopLimit, bytes) -> assertEquals(group, to)));
    }
  }

  /** More than the buffer has room for: if they took any, the one that is for us would be lost. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void accept_floodOfOtherValues_leavesRoomForOurs(boolean isV6) throws Exception {
    InetAddress source = address(isV6 ? "fd09::1" : "10.9.0.1");
    InetAddress group = isV6 ? GROUP_V6 : GROUP_V4;
    try (RawSocket sender = here.rawSocket("ek0", isV6, PROTOCOL);
        RawSocket receiver = there.rawSocket("ek0", isV6, PROTOCOL);
        Poller poller = Poller.open()) {
      receiver.join(group);
      receiver.accept(1, Set.of(7, 9));
      poller.add(receiver);
      byte[] other = packet(source, group, new byte[] {0x31, 8, 100, 1, 0, 100, 0, 0});
      for (int i = 0; i < 20_000; i++) {
        sender.send(source, group, other);
      }
      for (int vrid : List.of(9, 7)) {
        sender.send(source, group, packet(source, group, new byte[] {0x31, (byte) vrid, 100}));
      }
      sender.send(source, group, packet(source, group, new byte[] {0x31}));

      List<byte[]> heard = new ArrayList<>();
      while (heard.size() < 3) {
        byte[] bytes = await(poller, receiver).bytes();
        heard.add(isV6 ? bytes : Arrays.copyOfRange(bytes, 20, bytes.length));
      }

      assertArrayEquals(new byte[] {0x31, 9, 100}, heard.get(0));
      assertArrayEquals(new byte[] {0x31, 7, 100}, heard.get(1));
      // Too short to say for whom.
      assertArrayEquals(new byte[] {0x31}, heard.get(2));
      assertFalse(receiver.receive(RawSocketIT::unexpected));
    }
  }

  @Test
  void rawSocket_refused_saysWhatWasTriedAndWhy() throws Exception {
    KernelException e =
        assertThrows(KernelException.class, () -> here.rawSocket("ek9", false, PROTOCOL));
    assertEquals("raw socket on ek9: No such device (errno 19)", e.getMessage());
    RawSocket socket = here.rawSocket("ek0", false, PROTOCOL);
    try (socket) {
      assertThrows(IllegalArgumentException.class, () -> socket.join(GROUP_V6));
      assertThrows(IllegalArgumentException.class, () -> socket.accept(1, Set.of(256)));
      assertThrows(IllegalArgumentException.class, () -> socket.accept(-1, Set.of(1)));
    }
    assertClosed(() -> socket.receive(RawSocketIT::unexpected));
    assertClosed(() -> socket.join(GROUP_V4));
    assertClosed(() -> socket.send(GROUP_V4, GROUP_V4, new byte[20]));
  }

  @Test
  void close_all_leavesNoDescriptor() throws Exception {
    openAndClose();
    long before = descriptors();

    for (int i = 0; i < 20; i++) {
      openAndClose();
    }

    // Others of this process may come and go, but not as many as these would be.
    assertTrue(descriptors() < before + 20, before + " before, " + descriptors() + " after");
  }

  private void openAndClose() throws IOException {
    try (Poller poller = Poller.open();
        RawSocket v4 = here.rawSocket("ek0", false, PROTOCOL);
        RawSocket v6 = here.rawSocket("ek0", true, PROTOCOL)) {
      poller.add(v4);
      poller.add(v6);
      assertFalse(poller.await(System.nanoTime()));
    }
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  private static Heard await(Poller poller, RawSocket socket) throws IOException {
    List<Heard> heard = new ArrayList<>();
    RawSocket.Receiver receiver =
        (source, destination, hopLimit, bytes) ->
            heard.add(new Heard(source, destination, hopLimit, bytes));
    long deadline = System.nanoTime() + BOUND_NANOS;
    while (!socket.receive(receiver)) {
      assertTrue(poller.await(deadline), "nothing was heard");
    }
    return heard.get(0);
  }

  private static void unexpected(
      InetAddress source, InetAddress destination, int hopLimit, byte[] bytes) {
    throw new AssertionError("from " + source + " to " + destination + ": " + bytes.length);
  }

  /** Of IPv4 with a header in front. */
  private static byte[] packet(InetAddress source, InetAddress destination, byte[] payload) {
    if (source.getAddress().length != 4) {
      return payload;
    }
    return ByteBuffer.allocate(20 + payload.length)
        .put((byte) 0x45)
        .put((byte) 0xc0)
        .putShort((short) 0)
        .putInt(0)
        .put((byte) 255)
        .put((byte) PROTOCOL)
        .putShort((short) 0)
        .put(source.getAddress())
        .put(destination.getAddress())
        .put(payload)
        .array();
  }

  private static void assertClosed(Attempt attempt) {
    KernelException e = assertThrows(KernelException.class, attempt::run);
    assertEquals(Errno.EBADF, e.errno());
  }

  /** What may be refused. */
  private interface Attempt {
    void run() throws IOException;
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.net.NetworkNamespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The connection table of the kernel itself, filled through its backup daemon. */
public class ConnectionsLab {
  private static final String DEVICE = "sync0";
  private static final int SYNC_ID = 7;
  private static final int PORT = 8848;
  private static final int ENTRIES = Integer.getInteger("evenkeel.lab.connections", 100_000);

  private static final IpvsConnection UNKNOWN =
      new IpvsConnection(
          0,
          InetAddress.getLoopbackAddress(),
          0,
          InetAddress.getLoopbackAddress(),
          0,
          InetAddress.getLoopbackAddress(),
          0,
          "not there",
          0,
          null,
          null);

  private Ipvs ipvs;

  private NetworkNamespace namespace;

  @BeforeEach
  void start() throws Exception {
    LabCommands.ip(
        "netns add director",
        "-n director link add sync0 type veth peer name sync1",
        "-n director link set sync0 up",
        "-n director link set sync1 up",
        "-n director address add 10.255.0.1/24 dev sync0");
    namespace = NetworkNamespace.enter("director");
    ipvs = Ipvs.open("director");
    ipvs.set(IpvsSysctl.SYNC_SOCK_SIZE, 1 << 20);
    ipvs.start(IpvsDaemon.of(IpvsDaemon.Role.BACKUP, DEVICE, SYNC_ID));
  }

  @AfterEach
  void stop() throws Exception {
    ipvs.stop(IpvsDaemon.Role.BACKUP);
    ipvs.close();
    namespace.close();
    LabCommands.ip("netns delete director");
  }

  @Test
  void connections_ofEveryKindThroughTheSyncProtocol_areReadBackRight() throws Exception {
    IpvsAddress web = new IpvsAddress(IpvsProtocol.TCP, inet("10.1.0.1"), 80);
    IpvsAddress web6 = new IpvsAddress(IpvsProtocol.UDP, inet("2001:db8::1"), 53);
    List<SyncedConnection> sent =
        List.of(
            connection(6, inet("10.9.0.1"), web, inet("10.2.0.1"), 1),
            connection(17, inet("2001:db8:9::1"), web6, inet("2001:db8:2::1"), 0),
            connection(
                132,
                inet("10.9.0.1"),
                new IpvsAddress(IpvsProtocol.SCTP, inet("10.1.0.1"), 99),
                inet("10.2.0.1"),
                8),
            SyncedConnection.ofService(
                web, inet("10.9.1.0"), inet("10.2.0.2"), 8080, ForwardingMethod.MASQUERADE, 300),
            SyncedConnection.ofService(
                web6,
                inet("2001:db8:9::"),
                inet("2001:db8:2::2"),
                53,
                ForwardingMethod.DIRECT,
                301),
            SyncedConnection.ofService(
                new IpvsAddress(IpvsProtocol.TCP, inet("10.1.0.2"), 0),
                inet("10.9.1.0"),
                inet("10.2.0.3"),
                0,
                ForwardingMethod.TUNNEL,
                302),
            SyncedConnection.ofMark(
                new IpvsMark(0xfedcba98L, AddressFamily.IPV4),
                inet("10.9.2.0"),
                inet("10.2.0.4"),
                ForwardingMethod.DIRECT,
                303),
            SyncedConnection.ofMark(
                new IpvsMark(12, AddressFamily.IPV6),
                inet("2001:db8:9::"),
                inet("2001:db8:2::4"),
                ForwardingMethod.DIRECT,
                304));

    send(sent);

    Map<Entry, IpvsConnection> read = await(sent.size());
    assertEquals(entries(sent), read.keySet());
    assertEquals(
        List.of("ESTABLISHED", "UDP", "ESTABLISHED", "NONE", "NONE", "NONE", "NONE", "NONE"),
        sent.stream().map(one -> state(read, one)).toList());
    for (SyncedConnection one : sent) {
      IpvsConnection found = read.getOrDefault(Entry.of(one), UNKNOWN);
      long left = one.timeoutSeconds() - found.expirySeconds();
      assertTrue(left >= 0 && left < 60, one + ": " + found);
      boolean isMarks = one.isTemplate() && one.mark() != 0;
      assertEquals(isMarks ? one.mark() : 0, found.mark());
    }
  }

  /** As many as a busy director has. */
  @Test
  void connections_hundredThousand_areReadBackRight() throws Exception {
    IpvsAddress web = new IpvsAddress(IpvsProtocol.TCP, inet("10.1.0.1"), 80);
    List<SyncedConnection> sent = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      InetAddress client =
          AddressFamily.inet(new byte[] {10, (byte) (100 + (i >> 16)), (byte) (i >> 8), (byte) i});
      InetAddress server = AddressFamily.inet(new byte[] {10, 2, 0, (byte) (i % 200)});
      sent.add(
          i % 10 == 0
              ? SyncedConnection.ofService(
                  web, client, server, 80, ForwardingMethod.MASQUERADE, 3600)
              : connection(6, client, web, server, 1));
    }
    long start = System.nanoTime();

    send(sent);

    long sentAfter = System.nanoTime();
    Set<Entry> read = await(ENTRIES).keySet();
    System.out.println(
        "  "
            + ENTRIES
            + " entries: sent in "
            + (sentAfter - start) / 1_000_000
            + " ms, read in "
            + (System.nanoTime() - sentAfter) / 1_000_000
            + " ms");
    assertEquals(ENTRIES, read.size());
    Set<Entry> missing = entries(sent);
    missing.removeAll(read);
    assertEquals(Set.of(), missing);
  }

  /** What both sides know. */
  private record Entry(
      boolean isTemplate,
      int protocol,
      InetAddress client,
      int clientPort,
      InetAddress virtual,
      int virtualPort,
      InetAddress destination,
      int destinationPort) {
    static Entry of(SyncedConnection c) {
      return new Entry(
          c.isTemplate(),
          c.protocol(),
          c.client(),
          c.clientPort(),
          c.virtual(),
          c.virtualPort(),
          c.destination(),
          c.destinationPort());
    }

    static Entry of(IpvsConnection c) {
      return new Entry(
          c.isTemplate(),
          c.protocol(),
          c.client(),
          c.clientPort(),
          c.virtual(),
          c.virtualPort(),
          c.destination(),
          c.destinationPort());
    }
  }

  private static Set<Entry> entries(List<SyncedConnection> sent) {
    return sent.stream().map(Entry::of).collect(Collectors.toSet());
  }

  private static String state(Map<Entry, IpvsConnection> read, SyncedConnection one) {
    return read.getOrDefault(Entry.of(one), UNKNOWN).state();
  }

  /** The daemon may still be at the last message. */
  private Map<Entry, IpvsConnection> await(int count) throws Exception {
    long deadline = System.nanoTime() + 30_000_000_000L;
    Map<Entry, IpvsConnection> read = read();
    while (read.size() < count && System.nanoTime() < deadline) {
      Thread.sleep(10);
      read = read();
    }
    return read;
  }

  private Map<Entry, IpvsConnection> read() throws IOException {
    Map<Entry, IpvsConnection> read = new HashMap<>();
    try (IpvsConnections connections = ipvs.connections()) {
      for (IpvsConnection next = connections.next(); next != null; next = connections.next()) {
        read.put(Entry.of(next), next);
      }
    }
    return read;
  }

  private static SyncedConnection connection(
      int protocol, InetAddress client, IpvsAddress service, InetAddress server, int state) {
    return new SyncedConnection(
        false,
        protocol,
        client,
        40_000,
        service.address(),
        service.port(),
        server,
        8080,
        ForwardingMethod.MASQUERADE,
        0,
        state,
        false,
        900);
  }

  private static InetAddress inet(String address) throws IOException {
    return InetAddress.getByName(address);
  }

  /** To the group that the daemon listens to, no faster than it reads. */
  private void send(List<SyncedConnection> connections) throws IOException {
    namespace.call(
        () -> {
          sendHere(connections);
          return connections;
        });
  }

  private static void sendHere(List<SyncedConnection> connections) throws Exception {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setOption(StandardSocketOptions.IP_MULTICAST_IF, NetworkInterface.getByName(DEVICE));
      socket.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
      int inFlight = 0;
      for (byte[] message : SyncCodec.messages(SYNC_ID, 1472, connections)) {
        socket.send(new DatagramPacket(message, message.length, inet("224.0.0.81"), PORT));
        if (++inFlight == 16) {
          awaitRead();
          inFlight = 0;
        }
      }
      awaitRead();
    }
  }

  /** Until nothing waits in the daemon's socket; what it dropped would be missing for ever. */
  private static void awaitRead() throws Exception {
    String port = String.format(":%04X ", PORT);
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (true) {
      String line =
          Files.readAllLines(Path.of("/proc/thread-self/net/udp")).stream()
              .filter(one -> one.contains(port))
              .findFirst()
              .orElseThrow();
      String[] fields = line.strip().split("\\s+", -1);
      assertEquals("0", fields[fields.length - 1], "datagrams dropped");
      if (fields[4].endsWith(":00000000")) {
        return;
      }
      assertTrue(System.nanoTime() < deadline, line);
      Thread.sleep(1);
    }
  }
}

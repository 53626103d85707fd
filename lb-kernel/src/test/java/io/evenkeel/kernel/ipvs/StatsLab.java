package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.lab.FreshPorts;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the kernel counts of datagrams whose number and size the test knows. */
public class StatsLab {
  private static final int CLIENTS = 25;
  private static final int DATAGRAMS = 8;
  private static final int BYTES = 100;

  /** IPv4 and UDP. */
  private static final int HEADERS = 28;

  private static final InetAddress REAL = AddressFamily.inet(new byte[] {127, 0, 0, 1});

  private static int port = 53;

  private final FreshPorts ports = new FreshPorts();
  private Ipvs ipvs;
  private DatagramSocket server;
  private IpvsAddress key;

  @BeforeEach
  void start() throws Exception {
    LabCommands.ip("address add 10.1.0.1/32 dev lo");
    ipvs = Ipvs.open();
    server = new DatagramSocket(new InetSocketAddress(REAL, 0));
    server.setSoTimeout(20_000);
    // Connections outlive their service: those of one test would catch the next one's clients.
    key = new IpvsAddress(IpvsProtocol.UDP, InetAddress.getByName("10.1.0.1"), ++port);
    ipvs.apply(
        List.of(
            new IpvsChange.AddService(IpvsService.of(key, "rr")),
            new IpvsChange.AddDestination(
                key,
                IpvsDestination.of(REAL, server.getLocalPort(), ForwardingMethod.MASQUERADE, 1))));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    ipvs.apply(new IpvsChange.Flush());
    ipvs.close();
    LabCommands.ip("address delete 10.1.0.1/32 dev lo");
  }

  @Test
  void stats_ofRealTraffic_areWhatWasSentAndWhatIpvsadmSays() throws Exception {
    exchange();

    long packets = CLIENTS * DATAGRAMS;
    awaitPackets(packets);
    DestinationStatus destination = ipvs.destinations(key).get(0);
    for (IpvsStats stats : List.of(ipvs.service(key).orElseThrow().stats(), destination.stats())) {
      assertEquals(CLIENTS, stats.connections());
      assertEquals(packets, stats.inPackets());
      assertEquals(packets, stats.outPackets());
      assertEquals(packets * (BYTES + HEADERS), stats.inBytes());
      assertEquals(packets * (2 * BYTES + HEADERS), stats.outBytes());
    }
    assertEquals(0, destination.active());
    assertEquals(CLIENTS, destination.inactive());
    IpvsStats all = destination.stats();
    String numbers =
        " "
            + String.join(
                " ",
                List.of(
                    Long.toString(all.connections()),
                    Long.toString(all.inPackets()),
                    Long.toString(all.outPackets()),
                    Long.toString(all.inBytes()),
                    Long.toString(all.outBytes())));
    List<String> lines =
        LabCommands.run("ipvsadm", "-Ln", "--stats", "--exact")
            .lines()
            .map(line -> line.strip().replaceAll(" +", " "))
            .filter(line -> line.endsWith(numbers))
            .toList();
    assertEquals(
        List.of(
            "UDP 10.1.0.1:" + port + numbers, "-> 127.0.0.1:" + server.getLocalPort() + numbers),
        lines);
  }

  @Test
  void rates_ofRealTraffic_comeAndAreThoseOfIpvsadm() throws Exception {
    IpvsStats stats = IpvsStats.ZERO;
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (stats.connectionRate() == 0 && System.nanoTime() < deadline) {
      exchange();
      Thread.sleep(200);
      stats = ipvs.service(key).orElseThrow().stats();
    }

    assertTrue(stats.connectionRate() > 0, stats.toString());
    assertTrue(stats.inPacketRate() >= stats.connectionRate(), stats.toString());
    assertTrue(stats.inByteRate() > 50 * stats.inPacketRate(), stats.toString());
    assertTrue(stats.outByteRate() > stats.inByteRate(), stats.toString());
    // Unless the kernel estimated them anew in between.
    boolean isSame = false;
    for (int i = 0; i < 10 && !isSame; i++) {
      IpvsStats now = ipvs.service(key).orElseThrow().stats();
      String line =
          "UDP 10.1.0.1:"
              + port
              + " "
              + now.connectionRate()
              + " "
              + now.inPacketRate()
              + " "
              + now.outPacketRate()
              + " "
              + now.inByteRate()
              + " "
              + now.outByteRate();
      isSame =
          LabCommands.run("ipvsadm", "-Ln", "--rate", "--exact")
              .lines()
              .anyMatch(one -> one.strip().replaceAll(" +", " ").equals(line));
    }
    assertTrue(isSame, "rates of ipvsadm");
  }

  @Test
  void zero_oneServiceOrAll_beginsAnew() throws Exception {
    long packets = CLIENTS * DATAGRAMS;
    exchange();
    awaitPackets(packets);
    ipvs.apply(new IpvsChange.Zero(key));
    assertEquals(0, ipvs.service(key).orElseThrow().stats().connections());
    assertEquals(0, ipvs.destinations(key).get(0).stats().inBytes());

    exchange();
    awaitPackets(packets);
    assertEquals(CLIENTS, ipvs.service(key).orElseThrow().stats().connections());
    ipvs.apply(new IpvsChange.Zero(null));
    assertEquals(0, ipvs.service(key).orElseThrow().stats().inPackets());
    assertEquals(CLIENTS * 2L, ipvs.destinations(key).get(0).inactive());
  }

  /** The kernel adds up what it counted every two seconds. */
  private void awaitPackets(long packets) throws Exception {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (ipvs.service(key).orElseThrow().stats().outPackets() < packets
        || ipvs.destinations(key).get(0).stats().outPackets() < packets) {
      assertTrue(System.nanoTime() < deadline, ipvs.services().toString());
      Thread.sleep(50);
    }
  }

  /** Each client's datagrams are answered with twice their size; each has a port of its own. */
  private void exchange() throws Exception {
    byte[] bytes = new byte[2 * BYTES];
    List<DatagramSocket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        DatagramSocket client = ports.bind(key.address());
        clients.add(client);
        client.setSoTimeout(20_000);
        for (int j = 0; j < DATAGRAMS; j++) {
          client.send(new DatagramPacket(bytes, BYTES, key.address(), key.port()));
          DatagramPacket received = new DatagramPacket(new byte[1000], 1000);
          server.receive(received);
          server.send(new DatagramPacket(bytes, bytes.length, received.getSocketAddress()));
          client.receive(received);
        }
      }
    } finally {
      clients.forEach(DatagramSocket::close);
    }
  }
}

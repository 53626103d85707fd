package io.evenkeel.kernel.lab;

import io.evenkeel.kernel.ipvs.ForwardingMethod;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import java.io.IOException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Client, director and real servers on one wire. The director has the virtual address, and so has
 * each real server, but tells nobody.
 *
 * <pre>
 * client .1, .2 ──┬── director .11, .100
 * 192.168.10.0/24 ├── r1 .12, .100 on loopback
 * fd00:10::/64    └── r2 .13, .100 on loopback
 * </pre>
 */
final class DirectNetwork implements AutoCloseable {
  private static final String WIRE = "wire";

  private final LabCluster cluster = new LabCluster();
  private final LabHost client = cluster.host("client");
  private final LabHost director = cluster.host("director");
  private final LabHost r1 = cluster.host("r1");
  private final LabHost r2 = cluster.host("r2");
  private final Map<LabHost, String> macs = new HashMap<>();
  private final Administrator administrator;
  private final LabTable table;

  DirectNetwork(Administrator.Kind kind) throws IOException {
    LabHost wire = cluster.bridge(WIRE);
    Map<LabHost, String> numbers = Map.of(client, "1", director, "11", r1, "12", r2, "13");
    for (LabHost host : List.of(client, director, r1, r2)) {
      cluster.plug(host, wire);
      join(host, numbers.get(host));
    }
    join(client, "2");
    administrator = kind.of(director);
    administrator.forward(director);
    for (LabHost server : List.of(r1, r2)) {
      administrator.hideVirtualAddresses(server);
    }
    for (String virtual : List.of("192.168.10.100", "fd00:10::100")) {
      InetAddress address = InetAddress.getByName(virtual);
      administrator.address(director, WIRE, address);
      administrator.address(r1, "lo", address);
      administrator.address(r2, "lo", address);
    }
    table = new LabTable(director);
    for (LabHost host : List.of(director, r1, r2)) {
      String mac = host.run("cat /sys/class/net/" + WIRE + "/address").strip();
      macs.put(host, mac);
      String rule = " -t mangle -A PREROUTING -m mac --mac-source " + mac + " -s ";
      client.run(
          "iptables-legacy" + rule + "192.168.10.100", "ip6tables-legacy" + rule + "fd00:10::100");
    }
  }

  private static void join(LabHost host, String number) throws IOException {
    host.run(
        "ip address add 192.168.10." + number + "/24 dev " + WIRE,
        "ip address add fd00:10::" + number + "/64 dev " + WIRE + " nodad");
  }

  LabHost client() {
    return client;
  }

  /** One of the client's two addresses, 1 or 2. */
  InetAddress client(LabFlow flow, int number) throws IOException {
    return flow.address("192.168.10." + number, "fd00:10::" + number);
  }

  LabHost director() {
    return director;
  }

  LabHost r1() {
    return r1;
  }

  LabHost r2() {
    return r2;
  }

  Administrator administrator() {
    return administrator;
  }

  LabTable table() {
    return table;
  }

  /** The virtual address. */
  IpvsAddress address(LabFlow flow, int port) throws IOException {
    return new IpvsAddress(flow.protocol(), flow.address("192.168.10.100", "fd00:10::100"), port);
  }

  /** A real server of a port of the virtual address; the server is started, too. */
  IpvsDestination serve(LabHost host, LabFlow flow, int port) throws IOException {
    host.serve(flow.protocol(), address(flow, port).address(), port);
    return destination(host, flow, port);
  }

  /** A real server. */
  IpvsDestination destination(LabHost host, LabFlow flow, int port) throws IOException {
    String number = host == r1 ? "12" : "13";
    InetAddress address = flow.address("192.168.10." + number, "fd00:10::" + number);
    return IpvsDestination.of(address, port, ForwardingMethod.DIRECT, 1);
  }

  /**
   * How many packets from the virtual address have come to the client from a host, known by its MAC
   * address.
   */
  long answersFrom(LabHost host, LabFlow flow) throws IOException {
    String counters = client.run(flow.iptables() + " -t mangle -vnxL PREROUTING");
    String mac = macs.get(host).toUpperCase(Locale.ROOT);
    return counters
        .lines()
        .filter(line -> line.toUpperCase(Locale.ROOT).contains(mac))
        .mapToLong(line -> Long.parseLong(line.strip().split(" +", 2)[0]))
        .sum();
  }

  /** Takes all services away, ends all servers, and forgets what was counted. */
  void clear() throws IOException {
    administrator.flush();
    r1.stop();
    r2.stop();
    client.run("iptables-legacy -t mangle -Z", "ip6tables-legacy -t mangle -Z");
  }

  @Override
  public void close() throws IOException {
    administrator.close();
    table.close();
    cluster.close();
  }
}

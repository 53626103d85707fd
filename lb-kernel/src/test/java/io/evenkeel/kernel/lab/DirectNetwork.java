package io.evenkeel.kernel.lab;

import io.evenkeel.kernel.ipvs.ForwardingMethod;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/**
 * Client, director and real servers on one wire. The director has the virtual address, and so has
 * each real server, but tells nobody.
 *
 * <pre>
 * client .1, .2 ──────┬── director .11, .100
 *   192.168.10.0/24   ├── r1 .12, .100 on loopback
 *   fd00:10::/64      └── r2 .13, .100 on loopback
 * and 192.168.11.1, fd00:11::1
 * </pre>
 */
final class DirectNetwork implements AutoCloseable {
  private static final String WIRE = "wire";

  private final LabCluster cluster = new LabCluster();
  private final LabHost client = cluster.host("client");
  private final LabHost director = cluster.host("director");
  private final LabHost r1 = cluster.host("r1");
  private final LabHost r2 = cluster.host("r2");
  private final Administrator administrator;
  private final LabTable table;
  private final LabCounter answers;

  DirectNetwork(Administrator.Kind kind) throws IOException {
    LabHost wire = cluster.bridge(WIRE);
    Map<LabHost, String> numbers = Map.of(client, "1", director, "11", r1, "12", r2, "13");
    for (LabHost host : List.of(client, director, r1, r2)) {
      cluster.plug(host, wire);
      join(host, numbers.get(host));
    }
    join(client, "2");
    client.run(
        "ip address add 192.168.11.1/24 dev " + WIRE, "ip address add fd00:11::1/64 dev " + WIRE);
    for (LabHost host : List.of(director, r1, r2)) {
      host.run("ip route add 192.168.11.0/24 dev " + WIRE, "ip route add fd00:11::/64 dev " + WIRE);
    }
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
    answers = new LabCounter(client, "192.168.10.100", "fd00:10::100");
    for (LabHost host : List.of(director, r1, r2)) {
      answers.add(
          host,
          "-m mac --mac-source " + host.run("cat /sys/class/net/" + WIRE + "/address").strip());
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

  /** The client's addresses: two of the wire's network, and one of another. */
  List<InetAddress> clientAddresses(LabFlow flow) throws IOException {
    return List.of(
        flow.address("192.168.10.1", "fd00:10::1"),
        flow.address("192.168.10.2", "fd00:10::2"),
        flow.address("192.168.11.1", "fd00:11::1"));
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

  /** Of what comes to the client, by the MAC address that it comes from. */
  LabCounter answers() {
    return answers;
  }

  /** Takes all services away, ends all servers, and forgets what was counted. */
  void clear() throws IOException {
    administrator.flush();
    r1.stop();
    r2.stop();
    answers.reset();
  }

  @Override
  public void close() throws IOException {
    administrator.close();
    table.close();
    cluster.close();
  }
}

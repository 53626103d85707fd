package io.evenkeel.kernel.lab;

import io.evenkeel.kernel.ipvs.ForwardingMethod;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/**
 * A director between its clients and the real servers, which have its inner address as their way
 * out. The client has no way to the real servers' network.
 *
 * <pre>
 * client 20.20.20.12, .22 ── .11 director 192.168.66.11 ─┬─ r1 192.168.66.12
 * fd00:20::12, ::22          ::11         fd00:66::11    └─ r2 192.168.66.13
 * </pre>
 */
final class NatNetwork implements AutoCloseable {
  private final LabCluster cluster = new LabCluster();
  private final LabHost client = cluster.host("client");
  private final LabHost director = cluster.host("director");
  private final LabHost r1 = cluster.host("r1");
  private final LabHost r2 = cluster.host("r2");
  private final Administrator administrator;
  private final LabTable table;

  NatNetwork(Administrator.Kind kind) throws IOException {
    LabHost inside = cluster.bridge("inside");
    cluster.connect(client, director);
    for (String number : List.of("12", "22")) {
      client.run(
          "ip address add 20.20.20." + number + "/24 dev director",
          "ip address add fd00:20::" + number + "/64 dev director");
    }
    director.run(
        "ip address add 20.20.20.11/24 dev client", "ip address add fd00:20::11/64 dev client");
    for (LabHost host : List.of(director, r1, r2)) {
      cluster.plug(host, inside);
      host.run(
          "ip address add 192.168.66." + number(host) + "/24 dev inside",
          "ip address add fd00:66::" + number(host) + "/64 dev inside");
    }
    for (LabHost server : List.of(r1, r2)) {
      server.run("ip route add default via 192.168.66.11", "ip route add default via fd00:66::11");
    }
    administrator = kind.of(director);
    administrator.forward(director);
    table = new LabTable(director);
  }

  private String number(LabHost host) {
    if (host == director) {
      return "11";
    }
    return host == r1 ? "12" : "13";
  }

  LabHost client() {
    return client;
  }

  /** The client's first address. */
  InetAddress clientAddress(LabFlow flow) throws IOException {
    return flow.address("20.20.20.12", "fd00:20::12");
  }

  /** All of the client's addresses. */
  List<InetAddress> clientAddresses(LabFlow flow) throws IOException {
    return List.of(clientAddress(flow), flow.address("20.20.20.22", "fd00:20::22"));
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

  /** The director's outer address, which is the virtual one. */
  IpvsAddress address(LabFlow flow, int port) throws IOException {
    return new IpvsAddress(flow.protocol(), flow.address("20.20.20.11", "fd00:20::11"), port);
  }

  /** A real server, which is started, too. */
  IpvsDestination serve(LabHost host, LabFlow flow, int port) throws IOException {
    IpvsDestination destination = destination(host, flow, port);
    host.serve(flow.protocol(), destination.address(), port);
    return destination;
  }

  /** A real server. */
  IpvsDestination destination(LabHost host, LabFlow flow, int port) throws IOException {
    InetAddress address = flow.address("192.168.66." + number(host), "fd00:66::" + number(host));
    return IpvsDestination.of(address, port, ForwardingMethod.MASQUERADE, 1);
  }

  /** Takes all services away, and ends all servers. */
  void clear() throws IOException {
    administrator.flush();
    for (LabHost host : List.of(client, r1, r2)) {
      host.stop();
    }
  }

  @Override
  public void close() throws IOException {
    administrator.close();
    table.close();
    cluster.close();
  }
}

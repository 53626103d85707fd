package io.evenkeel.kernel.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Hosts of a lab, each a network namespace, and the cables between them. */
final class LabCluster implements AutoCloseable {
  private final LabShell shell = new LabShell();
  private final List<LabHost> hosts = new ArrayList<>();

  LabCluster() throws IOException {}

  /** Adds a host without any link but loopback. */
  LabHost host(String name) throws IOException {
    shell.run("ip netns add " + name);
    LabHost host;
    try {
      host = new LabHost(name, shell);
    } catch (IOException e) {
      shell.run("ip netns delete " + name);
      throw e;
    }
    hosts.add(host);
    // Addresses are to be there at once.
    host.run(
        "echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad",
        "echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad",
        "ip link set lo up");
    return host;
  }

  /** Adds a host that joins all that is plugged into it. */
  LabHost bridge(String name) throws IOException {
    LabHost bridge = host(name);
    bridge.run("ip link add br0 type bridge", "ip link set br0 up");
    return bridge;
  }

  /** A cable between two hosts; each end has the other host's name. */
  void connect(LabHost one, LabHost other) throws IOException {
    one.run(
        "ip link add " + other + " type veth peer name " + one + " netns " + other,
        "ip link set " + other + " up");
    other.run("ip link set " + one + " up");
  }

  /** A cable from a host to a bridge. */
  void plug(LabHost host, LabHost bridge) throws IOException {
    connect(host, bridge);
    bridge.run("ip link set " + host + " master br0");
  }

  @Override
  public void close() throws IOException {
    try {
      for (LabHost host : hosts) {
        host.close();
        shell.run("ip netns delete " + host);
      }
    } finally {
      shell.close();
    }
  }
}

package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.net.NetworkNamespace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A director's host between clients and servers, each in a namespace of its own; the servers answer
 * by way of the director. Each server says its name to who connects, and then what it is told.
 */
final class MoveNetwork {
  private static final String CLIENTS = "ekmove-c";
  private static final String SERVERS = "ekmove-s";

  private final NetworkNamespace clients;
  private final NetworkNamespace servers;
  private final List<ServerSocketChannel> listening = new ArrayList<>();

  MoveNetwork(String vip, int clientAddresses) throws IOException, InterruptedException {
    remove();
    for (String line :
        new String[] {
          "netns add " + CLIENTS,
          "netns add " + SERVERS,
          "link add ekmc0 type veth peer name ekmc1 netns " + CLIENTS,
          "link add ekms0 type veth peer name ekms1 netns " + SERVERS,
          "addr add 10.91.0.1/24 dev ekmc0",
          "addr add " + vip + "/32 dev ekmc0",
          "addr add 10.92.0.1/24 dev ekms0",
          "link set ekmc0 up",
          "link set ekms0 up",
          "-n " + CLIENTS + " link set ekmc1 up",
          "-n " + SERVERS + " link set ekms1 up",
          "-n " + SERVERS + " addr add 10.92.0.2/24 dev ekms1",
          "-n " + SERVERS + " addr add 10.92.0.3/24 dev ekms1",
          "-n " + SERVERS + " addr add 10.92.0.4/24 dev ekms1",
          "-n " + SERVERS + " route add default via 10.92.0.1"
        }) {
      ip(line);
    }
    for (int i = 0; i < clientAddresses; i++) {
      ip("-n " + CLIENTS + " addr add " + client(i) + "/24 dev ekmc1");
    }
    // Longer than a listener that closes waits for the next client.
    run("ip netns exec " + CLIENTS + " tc qdisc add dev ekmc1 root netem delay 10ms");
    run("sysctl -qw net.ipv4.ip_forward=1");
    clients = NetworkNamespace.enter(CLIENTS);
    servers = NetworkNamespace.enter(SERVERS);
    for (int i = 0; i < 3; i++) {
      serve(i);
    }
  }

  static String client(int index) {
    return "10.91.0." + (10 + index);
  }

  String server(int index) {
    return "10.92.0." + (2 + index) + ":8080";
  }

  /** A socket of a client, connected. */
  SocketChannel connect(int client, String vip) throws IOException {
    SocketChannel socket =
        clients.call(
            () -> {
              SocketChannel made = SocketChannel.open();
              made.bind(new InetSocketAddress(client(client), 0));
              return made;
            });
    try {
      socket.connect(new InetSocketAddress(vip, 80));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void serve(int index) throws IOException {
    ServerSocketChannel listener =
        servers.call(
            () ->
                ServerSocketChannel.open()
                    .bind(new InetSocketAddress("10.92.0." + (2 + index), 8080), 512));
    listening.add(listener);
    start(
        () -> {
          while (true) {
            SocketChannel accepted = listener.accept();
            start(() -> answer(index, accepted));
          }
        });
  }

  private static void answer(int index, SocketChannel socket) throws IOException {
    try (socket;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(Channels.newInputStream(socket), StandardCharsets.US_ASCII));
        OutputStream out = Channels.newOutputStream(socket)) {
      out.write(("server " + index + "\n").getBytes(StandardCharsets.US_ASCII));
      for (String line; (line = in.readLine()) != null; ) {
        out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
      }
    }
  }

  /** What a thread of the network does. */
  private interface Task {
    void run() throws IOException;
  }

  private static void start(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (ClosedChannelException e) {
                // The end of the test.
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static void ip(String arguments) throws IOException, InterruptedException {
    run("ip " + arguments);
  }

  private static String run(String command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command.split(" ", -1)).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + said);
    }
    return said;
  }

  /** What there is of it, also of one that was not closed. */
  private static void remove() throws IOException, InterruptedException {
    // A namespace goes when its last socket has; the pairs of devices at once.
    for (String device : List.of("ekmc0", "ekms0")) {
      if (run("ip -o link").contains(": " + device + "@")) {
        ip("link del " + device);
      }
    }
    for (String namespace : List.of(CLIENTS, SERVERS)) {
      if (run("ip netns list").contains(namespace)) {
        ip("netns del " + namespace);
      }
    }
  }

  void close() throws IOException, InterruptedException {
    for (ServerSocketChannel listener : listening) {
      listener.close();
    }
    clients.close();
    servers.close();
    remove();
  }
}

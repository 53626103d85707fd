package io.evenkeel.kernel.lab;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.net.NetworkNamespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A host of a lab: a network namespace, and the sockets in it. */
final class LabHost implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final int UNANSWERED_MILLIS = 500;

  private final String name;
  private final LabShell shell;
  private final NetworkNamespace namespace;
  private final FreshPorts ports = new FreshPorts();
  private final List<LabServer> servers = new ArrayList<>();

  LabHost(String name, LabShell shell) throws IOException {
    this.name = name;
    this.shell = shell;
    this.namespace = NetworkNamespace.enter(name);
  }

  /** What commands say that run here; an exception if one fails. */
  String run(String... commands) throws IOException {
    return shell.run(name, String.join("\n", commands));
  }

  /** Sets what is below /proc/sys/net, as {@code ipv4/ip_forward=1}. */
  void set(String... settings) throws IOException {
    String[] commands = new String[settings.length];
    for (int i = 0; i < settings.length; i++) {
      String[] parts = settings[i].split("=", 2);
      commands[i] = "echo " + parts[1] + " >/proc/sys/net/" + parts[0];
    }
    run(commands);
  }

  /** The names of its links, and {@code all} and {@code default}. */
  List<String> links() throws IOException {
    return run("ls /proc/sys/net/ipv4/conf").lines().toList();
  }

  /** Serves until {@link #stop}; answers with this host's name. */
  void serve(IpvsProtocol protocol, InetAddress address, int port) throws IOException {
    servers.add(
        namespace.call(() -> LabServer.open(name, protocol, new InetSocketAddress(address, port))));
  }

  /**
   * Asks a service some times from any of this host's addresses, each in a connection of its own.
   */
  List<LabAnswer> ask(int times, IpvsAddress service) throws IOException {
    List<LabAnswer> answers = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      answers.add(ask(service, null));
    }
    return answers;
  }

  /** Asks a service from any of this host's addresses. */
  LabAnswer ask(IpvsAddress service) throws IOException {
    return ask(service, null);
  }

  /**
   * Asks a service, in a connection of its own.
   *
   * @param from one of this host's addresses; null: any
   * @throws IOException if there is no answer within twenty seconds, or from elsewhere
   */
  LabAnswer ask(IpvsAddress service, @Nullable InetAddress from) throws IOException {
    return ask(service, from, TIMEOUT_MILLIS);
  }

  /** Fails if a service answers within half a second. */
  void assertUnanswered(IpvsAddress service) {
    assertThrows(IOException.class, () -> ask(service, null, UNANSWERED_MILLIS));
  }

  private LabAnswer ask(IpvsAddress service, @Nullable InetAddress from, int timeoutMillis)
      throws IOException {
    InetSocketAddress to = new InetSocketAddress(service.address(), service.port());
    return namespace.call(
        () ->
            service.protocol() == IpvsProtocol.UDP
                ? askByUdp(from, to, timeoutMillis)
                : askByTcp(from, to, timeoutMillis));
  }

  private LabAnswer askByTcp(@Nullable InetAddress from, InetSocketAddress to, int timeoutMillis)
      throws IOException {
    try (Socket socket = ports.bindTcp(from)) {
      socket.connect(to, timeoutMillis);
      socket.setSoTimeout(timeoutMillis);
      socket.getOutputStream().write(LabServer.QUESTION.getBytes(StandardCharsets.US_ASCII));
      return LabAnswer.parse(socket.getInputStream().readAllBytes());
    }
  }

  private LabAnswer askByUdp(@Nullable InetAddress from, InetSocketAddress to, int timeoutMillis)
      throws IOException {
    try (DatagramSocket socket = ports.bind(from)) {
      socket.setSoTimeout(timeoutMillis);
      byte[] question = LabServer.QUESTION.getBytes(StandardCharsets.US_ASCII);
      // Not connected, so that an answer from elsewhere is seen.
      socket.send(new DatagramPacket(question, question.length, to));
      DatagramPacket packet =
          new DatagramPacket(new byte[LabServer.MAX_BYTES], LabServer.MAX_BYTES);
      socket.receive(packet);
      if (!packet.getSocketAddress().equals(to)) {
        throw new IOException(
            "answer from " + packet.getSocketAddress() + " (expected: " + to + ")");
      }
      return LabAnswer.parse(Arrays.copyOf(packet.getData(), packet.getLength()));
    }
  }

  /** Ends all servers. */
  void stop() throws IOException {
    for (LabServer server : servers) {
      server.close();
    }
    servers.clear();
  }

  @Override
  public void close() throws IOException {
    stop();
    namespace.close();
  }

  @Override
  public String toString() {
    return name;
  }
}

package io.evenkeel.kernel.lab;

import io.evenkeel.kernel.ipvs.IpvsProtocol;
import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A real server: it answers a question with the question, its name and the client's address. */
final class LabServer implements AutoCloseable {
  static final String QUESTION = "GET / HTTP/1.0\r\n\r\n";
  static final int MAX_BYTES = 1_024;

  private static final int TIMEOUT_MILLIS = 20_000;

  private final Closeable socket;

  private LabServer(Closeable socket) {
    this.socket = socket;
  }

  /** Opens it on the calling thread, in whose network namespace it stays. */
  static LabServer open(String name, IpvsProtocol protocol, InetSocketAddress address)
      throws IOException {
    if (protocol == IpvsProtocol.UDP) {
      DatagramSocket socket = new DatagramSocket(address);
      start(name + " udp " + address, () -> answerDatagrams(name, socket));
      return new LabServer(socket);
    }
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(address);
    start(name + " tcp " + address, () -> answerConnections(name, socket));
    return new LabServer(socket);
  }

  /** What a server does until its socket is closed. */
  private interface Loop {
    void run() throws IOException;
  }

  private static void start(String name, Loop loop) {
    Thread thread =
        new Thread(
            () -> {
              try {
                loop.run();
              } catch (IOException e) {
                // Closed.
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void answerConnections(String name, ServerSocket server) throws IOException {
    while (true) {
      try (Socket socket = server.accept()) {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        int length = socket.getInputStream().readNBytes(QUESTION.length()).length;
        if (length == QUESTION.length()) {
          socket.getOutputStream().write(answer(name, socket.getInetAddress()));
        }
      } catch (IOException e) {
        if (server.isClosed()) {
          throw e;
        }
      }
    }
  }

  private static void answerDatagrams(String name, DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[MAX_BYTES], MAX_BYTES);
    while (true) {
      packet.setLength(MAX_BYTES);
      socket.receive(packet);
      byte[] answer = answer(name, packet.getAddress());
      try {
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        // There is no way to this client; the others are still served.
      }
    }
  }

  private static byte[] answer(String name, InetAddress client) {
    return new LabAnswer(name, client.getHostAddress()).bytes();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

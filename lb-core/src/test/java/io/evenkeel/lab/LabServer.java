package io.evenkeel.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.stream.IntStream;

/**
 * All real servers of the lab: says on each connection which address it was accepted at, and keeps
 * it until the client ends it. Some answer datagrams in the same way.
 */
final class LabServer {
  static final int PORT = 80;

  /** Where they listen for connections. */
  static final List<Integer> PORTS = List.of(PORT, 81, 82);

  /** Those that datagrams may be sent to, at {@link #PORT}. */
  static final List<String> OF_DATAGRAMS =
      IntStream.rangeClosed(1, 12).mapToObj(i -> "10.3.200." + i).toList();

  static final String READY = "ready";

  private LabServer() {}

  public static void main(String[] args) throws IOException {
    try (Selector selector = Selector.open()) {
      for (int port : PORTS) {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(port), 1024);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
      }
      for (String address : OF_DATAGRAMS) {
        DatagramChannel channel = DatagramChannel.open();
        channel.bind(new InetSocketAddress(address, PORT));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, InetAddress.getByName(address));
      }
      System.out.println(READY);
      ByteBuffer ignored = ByteBuffer.allocate(64);
      while (true) {
        selector.select(
            key -> {
              if (key.isAcceptable()) {
                accept((ServerSocketChannel) key.channel(), selector);
              } else if (key.attachment() instanceof InetAddress local) {
                answer((DatagramChannel) key.channel(), local, ignored.clear());
              } else {
                readEnd(key, ignored.clear());
              }
            });
      }
    }
  }

  private static void accept(ServerSocketChannel listener, Selector selector) {
    try {
      SocketChannel client = listener.accept();
      if (client != null) {
        InetSocketAddress local = (InetSocketAddress) client.getLocalAddress();
        client.write(ByteBuffer.wrap(local.getAddress().getAddress()));
        client.configureBlocking(false);
        client.register(selector, SelectionKey.OP_READ);
      }
    } catch (IOException e) {
      System.err.println("accept: " + e);
    }
  }

  private static void answer(DatagramChannel channel, InetAddress local, ByteBuffer ignored) {
    try {
      SocketAddress client = channel.receive(ignored);
      if (client != null) {
        channel.send(ByteBuffer.wrap(local.getAddress()), client);
      }
    } catch (IOException e) {
      System.err.println("answer: " + e);
    }
  }

  private static void readEnd(SelectionKey key, ByteBuffer ignored) {
    try (SocketChannel client = (SocketChannel) key.channel()) {
      if (client.read(ignored) >= 0) {
        System.err.println("a client sent something");
      }
    } catch (IOException e) {
      // Reset: how clients end a connection.
    }
  }
}

package io.evenkeel.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * All real servers of the lab: says on each connection which address it was accepted at, and keeps
 * it until the client ends it.
 */
final class LabServer {
  static final int PORT = 80;
  static final String READY = "ready";

  private LabServer() {}

  public static void main(String[] args) throws IOException {
    try (Selector selector = Selector.open();
        ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(PORT), 1024);
      listener.configureBlocking(false);
      listener.register(selector, SelectionKey.OP_ACCEPT);
      System.out.println(READY);
      ByteBuffer ignored = ByteBuffer.allocate(64);
      while (true) {
        selector.select(
            key -> {
              if (key.isAcceptable()) {
                accept(listener, selector);
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

package io.evenkeel.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A real server for thousands of clients: says A to each, and sends back what comes. */
final class RushServer implements AutoCloseable {
  private final Selector selector = Selector.open();
  private final ServerSocketChannel listener = ServerSocketChannel.open();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(64);
  private final Thread thread;

  RushServer() throws IOException {
    listener.bind(Sockets.loopback(0), 4096);
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    thread = Sockets.thread("rush server", this::serve);
  }

  String endpoint() {
    ServerSocket socket = listener.socket();
    return socket.getInetAddress().getHostAddress() + ":" + socket.getLocalPort();
  }

  private void serve() {
    try {
      while (selector.isOpen()) {
        selector.select(this::serve);
      }
    } catch (IOException | UncheckedIOException | ClosedSelectorException e) {
      // Closed: the end of the test.
    }
  }

  private void serve(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        SocketChannel client = listener.accept();
        client.configureBlocking(false);
        client.register(selector, SelectionKey.OP_READ);
        client.write(ByteBuffer.wrap(new byte[] {'A'}));
      } else {
        echo((SocketChannel) key.channel());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void echo(SocketChannel client) throws IOException {
    try {
      buffer.clear();
      if (client.read(buffer) < 0) {
        client.close();
      } else {
        client.write(buffer.flip());
      }
    } catch (IOException e) {
      client.close();
    }
  }

  @Override
  public void close() throws IOException {
    selector.close();
    listener.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

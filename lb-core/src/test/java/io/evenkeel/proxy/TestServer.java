package io.evenkeel.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A real server on blocking sockets: each connection has a thread that does what a test says. */
final class TestServer implements AutoCloseable {

  /** What a connection's thread does; the socket is closed after it. */
  @FunctionalInterface
  interface Handler {
    void serve(Socket socket) throws IOException;
  }

  private final ServerSocket listener;
  private final Handler handler;
  private final Thread acceptor;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();

  TestServer(Handler handler) throws IOException {
    this(0, handler);
  }

  /**
   * Listens.
   *
   * @param bufferBytes size of each connection's kernel buffers; 0: the kernel chooses
   */
  TestServer(int bufferBytes, Handler handler) throws IOException {
    this(Sockets.loopback(0), bufferBytes, handler);
  }

  private TestServer(InetSocketAddress address, int bufferBytes, Handler handler)
      throws IOException {
    this.handler = handler;
    this.listener = new ServerSocket();
    if (bufferBytes > 0) {
      listener.setReceiveBufferSize(bufferBytes);
    }
    listener.bind(address, 4096);
    acceptor = Sockets.thread("server " + listener.getLocalPort(), () -> accept(bufferBytes));
  }

  /** Sends back what comes, and ends when the other side does. */
  static TestServer echo() throws IOException {
    return new TestServer(Sockets::echo);
  }

  /** Says its name at once, and then sends back what comes. */
  static TestServer named(char name) throws IOException {
    return named(name, Sockets.loopback(0));
  }

  static TestServer named(char name, InetSocketAddress address) throws IOException {
    return new TestServer(
        address,
        0,
        socket -> {
          socket.getOutputStream().write(name);
          Sockets.echo(socket);
        });
  }

  String endpoint() {
    return Sockets.endpoint(listener.getLocalPort());
  }

  int accepted() {
    return accepted.get();
  }

  int open() {
    return open.size();
  }

  /** What handlers threw, in the order in which they ended. */
  List<Throwable> failures() {
    return failures;
  }

  private void accept(int bufferBytes) {
    while (true) {
      try {
        Socket socket = listener.accept();
        if (bufferBytes > 0) {
          socket.setSendBufferSize(bufferBytes);
        }
        socket.setSoTimeout(Sockets.PATIENCE_MILLIS);
        open.add(socket);
        accepted.incrementAndGet();
        Sockets.thread("serving " + socket.getPort(), () -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      handler.serve(socket);
    } catch (IOException | RuntimeException e) {
      failures.add(e);
    } finally {
      open.remove(socket);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    try {
      // The port is free once nobody waits at it.
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // Only now: it may have accepted one more.
    for (Socket socket : open) {
      socket.close();
    }
  }
}

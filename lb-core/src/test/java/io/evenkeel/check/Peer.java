package io.evenkeel.check;

import io.evenkeel.hook.FreePorts;
import io.evenkeel.model.Endpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A server for checks, on blocking sockets: does with each connection what a test says, then waits
 * for its end. {@link Misbehaviour} has what to say.
 */
final class Peer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What it does with a connection. */
  @FunctionalInterface
  interface Script {
    void serve(Socket socket) throws IOException;

    /** This, and then that. */
    default Script then(Script next) {
      return socket -> {
        serve(socket);
        next.serve(socket);
      };
    }
  }

  private final ServerSocket listener;
  private final Script script;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final BlockingQueue<String> endings = new LinkedBlockingQueue<>();

  Peer(Script script) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
  }

  /** On a listener of the caller's, one that speaks TLS for instance; it is closed with this. */
  Peer(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
    start(this::accept, "peer");
  }

  /** Reads the request, says something, and ends if it is to. */
  static Peer answering(String answer, boolean ends) throws IOException {
    return new Peer(
        socket -> {
          readRequest(socket);
          say(socket, answer);
          if (ends) {
            socket.shutdownOutput();
          }
        });
  }

  /** The head of an HTTP request. */
  static String readRequest(Socket socket) throws IOException {
    StringBuilder request = new StringBuilder();
    while (request.indexOf("\r\n\r\n") < 0) {
      int c = socket.getInputStream().read();
      if (c < 0) {
        throw new IOException("no whole request: " + request);
      }
      request.append((char) c);
    }
    return request.toString();
  }

  /** Each character is a byte. */
  static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** An address where nobody listens. */
  static InetSocketAddress nobody() throws IOException {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.next());
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
  }

  Endpoint endpoint() {
    return Endpoint.parse(address().getAddress().getHostAddress() + ":" + address().getPort());
  }

  /**
   * How the next connection ended, in the order of their endings: {@code end} (its reader saw a
   * FIN), {@code reset}, or {@code failed:} and why.
   */
  String awaitEnding() throws InterruptedException, TimeoutException {
    String ending = endings.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (ending == null) {
      throw new TimeoutException("no connection ended within " + PATIENCE);
    }
    return ending;
  }

  private void accept() {
    try {
      for (; ; ) {
        Socket socket = listener.accept();
        connections.add(socket);
        start(() -> serve(socket), "peer's connection");
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      script.serve(socket);
      if (!socket.isClosed()) {
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
      }
      endings.add("end");
    } catch (SocketException e) {
      endings.add("reset");
    } catch (IOException e) {
      endings.add("failed: " + e);
    } finally {
      connections.remove(socket);
    }
  }

  private static void start(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : connections) {
      socket.close();
    }
  }
}

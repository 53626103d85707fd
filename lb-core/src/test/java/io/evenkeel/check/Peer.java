package io.evenkeel.check;

import io.evenkeel.model.Endpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A server for one check, on blocking sockets: does what a test says, then waits for the end. */
final class Peer implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 10;

  /** What it does with the connection. */
  @FunctionalInterface
  interface Script {
    void serve(Socket socket) throws IOException;
  }

  private final ServerSocket listener;
  private final CompletableFuture<String> ending = new CompletableFuture<>();

  Peer(Script script) throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(() -> serve(script), "peer");
    thread.setDaemon(true);
    thread.start();
  }

  /** Reads the request, says something, and ends if it is to. */
  static Peer answering(String answer, boolean ends) throws IOException {
    return new Peer(
        socket -> {
          readRequest(socket);
          socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
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

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  Endpoint endpoint() {
    return Endpoint.parse(address().getAddress().getHostAddress() + ":" + address().getPort());
  }

  /** How the check ended the connection: {@code end} (a FIN) or {@code reset}. */
  String awaitEnding() throws InterruptedException, ExecutionException, TimeoutException {
    return ending.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private void serve(Script script) {
    try (Socket socket = listener.accept()) {
      socket.setSoTimeout(PATIENCE_SECONDS * 1000);
      try {
        script.serve(socket);
        if (!socket.isClosed()) {
          socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
        ending.complete("end");
      } catch (SocketException e) {
        ending.complete("reset");
      }
    } catch (IOException e) {
      ending.completeExceptionally(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}

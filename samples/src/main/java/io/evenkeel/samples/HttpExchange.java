package io.evenkeel.samples;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One HTTP/1.1 request on a connection of its own. The JDK's clients send a request again when its
 * connection breaks, and say nothing; here a failure is seen.
 */
final class HttpExchange implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 5_000;

  private final Socket socket;

  private HttpExchange(Socket socket) {
    this.socket = socket;
  }

  static HttpExchange connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(address, TIMEOUT_MILLIS);
      return new HttpExchange(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** The body of a 200; anything else is a failure. */
  String get(String path) throws IOException {
    String request = "GET " + path + " HTTP/1.1\r\nHost: evenkeel\r\nConnection: close\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    int body = answer.indexOf("\r\n\r\n");
    if (body < 0) {
      throw new IOException("connection closed without an answer");
    }
    if (!answer.startsWith("HTTP/1.1 200 ")) {
      throw new IOException(answer.substring(0, answer.indexOf("\r\n")));
    }
    return answer.substring(body + 4);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

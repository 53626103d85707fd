package io.evenkeel.proxy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * What the peers of a proxy under test do with their blocking sockets.
 *
 * <p>Each virtual machine has a loopback address of its own, and chooses it at random: builds that
 * run side by side may each have the same process ids. A port that is free stays so until its test
 * takes it, or for as long as a test wants to be refused there: what is bound at another address
 * does not conflict, and that includes connections, which leave from 127.0.0.1.
 */
public final class Sockets {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final InetAddress OWN = newAddress();
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  /** How long a peer waits for a byte before it gives up. */
  static final int PATIENCE_MILLIS = 60_000;

  private static final int SMALL_STACK_BYTES = 256 * 1024;

  private Sockets() {}

  /** Another loopback address that nobody else has. */
  static InetAddress newAddress() {
    byte[] address = {127, part(), part(), part()};
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte part() {
    return (byte) (1 + RANDOM.nextInt(254));
  }

  /** A port at this virtual machine's own address. */
  public static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(OWN, port);
  }

  /** In words. */
  public static String endpoint(int port) {
    return OWN.getHostAddress() + ":" + port;
  }

  /** A port of this virtual machine's own address that nobody listens at. */
  public static int freePort() throws IOException {
    while (true) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(loopback(0));
        // The kernel may give a port again: two roles of one test must not get the same.
        if (GIVEN.add(socket.getLocalPort())) {
          return socket.getLocalPort();
        }
      }
    }
  }

  static String freeEndpoint() throws IOException {
    return endpoint(freePort());
  }

  static Thread thread(String name, Runnable task) {
    Thread thread = new Thread(null, task, name, SMALL_STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  static void echo(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    byte[] buffer = new byte[8192];
    for (int n; (n = socket.getInputStream().read(buffer)) >= 0; ) {
      socket.getOutputStream().write(buffer, 0, n);
    }
  }

  /** Sends a request and checks that it comes back. */
  static void request(Socket socket, byte[] request) throws IOException {
    socket.getOutputStream().write(request);
    byte[] answer = readExactly(socket, request.length);
    if (!Arrays.equals(request, answer)) {
      throw new IOException("the answer is not the request");
    }
  }

  static byte[] readExactly(Socket socket, int length) throws IOException {
    byte[] bytes = socket.getInputStream().readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("end after " + bytes.length + " of " + length + " bytes");
    }
    return bytes;
  }

  /** Everything until the other side ends orderly. */
  static byte[] readToEnd(Socket socket) throws IOException {
    return socket.getInputStream().readAllBytes();
  }

  /** How a peer's input ended, and what came before. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Ending(byte[] bytes, boolean reset) {}

  /** Everything until the other side ends, orderly or not. */
  static Ending readToAnyEnd(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    while (true) {
      int n;
      try {
        n = in.read(buffer);
      } catch (SocketTimeoutException e) {
        throw e;
      } catch (IOException e) {
        return new Ending(bytes.toByteArray(), true);
      }
      if (n < 0) {
        return new Ending(bytes.toByteArray(), false);
      }
      bytes.write(buffer, 0, n);
    }
  }

  /** For a peer that waits until its test lets it go on. */
  static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  /** Closes with a reset instead of an orderly end. */
  static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }
}

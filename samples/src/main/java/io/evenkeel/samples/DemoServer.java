package io.evenkeel.samples;

import io.evenkeel.model.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A small HTTP server that answers every request with its name, and that can be killed as a process
 * is: its port closes, and whoever is connected is reset.
 */
final class DemoServer {
  /**
   * Outside the ports that systems give to clients, one of which could take it while it is down.
   */
  private static final int LOWEST_PORT = 20_000;

  private static final int HIGHEST_PORT = 32_000;
  private static final int BACKLOG = 512;
  private static final int REQUEST_TIMEOUT_MILLIS = 5_000;

  private final String name;
  private final Duration workTime;
  private final Endpoint endpoint;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /** Written by who starts and kills it, read by its threads; null: it is down. */
  private volatile @Nullable ServerSocket listener;

  /** Written by who starts and kills it. */
  private CountDownLatch accepting = new CountDownLatch(0);

  private DemoServer(String name, Duration workTime, Endpoint endpoint) {
    this.name = name;
    this.workTime = workTime;
    this.endpoint = endpoint;
  }

  /** On a free port of the loopback address; takes {@code workTime} for each request. */
  static DemoServer start(String name, Duration workTime) throws IOException {
    ServerSocket socket = bindFreePort();
    DemoServer server =
        new DemoServer(name, workTime, new Endpoint("127.0.0.1", socket.getLocalPort()));
    server.serve(socket);
    return server;
  }

  /** A loopback port that was free a moment ago. */
  static Endpoint freeEndpoint() throws IOException {
    try (ServerSocket socket = bindFreePort()) {
      return new Endpoint("127.0.0.1", socket.getLocalPort());
    }
  }

  String name() {
    return name;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** Connections that are open. */
  int open() {
    return open.size();
  }

  void startAgain() throws IOException {
    serve(bind(endpoint.port()));
  }

  /** Once it returns, nobody can connect. No effect if it is down. */
  void kill() {
    ServerSocket socket = listener;
    listener = null;
    if (socket != null) {
      close(socket);
    }
    try {
      // The kernel goes on listening as long as a thread is in accept().
      accepting.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    open.forEach(DemoServer::reset);
  }

  private void serve(ServerSocket socket) {
    listener = socket;
    CountDownLatch ended = new CountDownLatch(1);
    accepting = ended;
    ExecutorService threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "server-" + name);
              thread.setDaemon(true);
              return thread;
            });
    threads.execute(() -> accept(socket, threads, ended));
  }

  private void accept(ServerSocket socket, ExecutorService threads, CountDownLatch ended) {
    try {
      while (true) {
        Socket client = socket.accept();
        open.add(client);
        if (listener == socket) {
          threads.execute(() -> answer(client));
        } else {
          reset(client);
          open.remove(client);
        }
      }
    } catch (IOException e) {
      // It was killed: accept() fails once its socket is closed.
    } finally {
      threads.shutdown();
      ended.countDown();
    }
  }

  private void answer(Socket client) {
    try (client) {
      client.setSoTimeout(REQUEST_TIMEOUT_MILLIS);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
      String request = in.readLine();
      String header = request;
      while (header != null && !header.isEmpty()) {
        header = in.readLine();
      }
      if (request == null || header == null) {
        return;
      }
      if (!request.startsWith("GET /health ")) {
        Thread.sleep(workTime.toMillis());
      }
      String answer =
          "HTTP/1.1 200 OK\r\nContent-Length: "
              + name.length()
              + "\r\nConnection: close\r\n\r\n"
              + name;
      client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // The client is gone, or the server was killed: nobody is left to be answered.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private static ServerSocket bindFreePort() throws IOException {
    IOException last = null;
    for (int attempt = 0; attempt < 100; attempt++) {
      try {
        return bind(ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT));
      } catch (IOException e) {
        last = e;
      }
    }
    throw new IOException("no free port on 127.0.0.1", last);
  }

  private static ServerSocket bind(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port),
          BACKLOG);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }

  private static void reset(Socket client) {
    try {
      client.setSoLinger(true, 0);
      client.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}

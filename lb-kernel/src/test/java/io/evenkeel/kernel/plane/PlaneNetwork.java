package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.net.NetworkNamespace;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A director between clients and servers, which are threads of this process with sockets of other
 * network namespaces.
 *
 * <pre>
 * clients 10.1.0.2 ── 10.1.0.1 director 10.2.0.1 ── servers 10.2.0.11, 10.2.0.12 ...
 *                  10.1.0.100 virtual address
 * </pre>
 */
final class PlaneNetwork implements Closeable {
  static final String ADDRESS = "10.1.0.100";
  private static final int PORT = 8080;

  private static final String SET_UP =
      """
      set -e
      ip netns add clients
      ip netns add servers
      ip link add c0 type veth peer name c1 netns clients
      ip link add s0 type veth peer name s1 netns servers
      ip address add 10.1.0.1/24 dev c0
      ip address add 10.1.0.100/32 dev c0
      ip address add 10.2.0.1/24 dev s0
      ip link set c0 up
      ip link set s0 up
      ip -n clients address add 10.1.0.2/24 dev c1
      ip -n clients link set c1 up
      ip -n servers address add 10.2.0.2/24 dev s1
      ip -n servers link set lo up
      ip -n servers link set s1 up
      ip -n servers route add default via 10.2.0.1
      for i in 11 12 13 14; do ip -n servers address add 10.2.0.$i/24 dev s1; done
      echo 1 >/proc/sys/net/ipv4/ip_forward
      """;

  private static final String TAKE_DOWN =
      """
      ip link delete c0
      ip link delete s0
      ip netns delete clients
      ip netns delete servers
      """;

  private final NetworkNamespace clients;
  private final NetworkNamespace servers;
  private final List<Closeable> open = new CopyOnWriteArrayList<>();

  PlaneNetwork() throws IOException {
    shell(SET_UP);
    clients = NetworkNamespace.enter("clients");
    servers = NetworkNamespace.enter("servers");
  }

  private static void shell(String script) throws IOException {
    Process shell = new ProcessBuilder("sh").redirectErrorStream(true).start();
    try (var in = shell.outputWriter()) {
      in.write(script);
    }
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (shell.waitFor() != 0) {
        throw new IOException(said);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** A server that sends its number to who connects, and then what it gets. */
  final class Server implements Closeable {
    final String endpoint;
    final AtomicInteger accepted = new AtomicInteger();
    private final int number;
    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    Server(int number) throws IOException {
      this.number = number;
      String host = "10.2.0.1" + number;
      this.endpoint = host + ":" + PORT;
      listener =
          servers.call(
              () -> {
                ServerSocket socket = new ServerSocket();
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(host, PORT), 1000);
                return socket;
              });
      thread(this::accept);
      open.add(this);
    }

    private void accept() {
      try {
        while (true) {
          Socket socket = listener.accept();
          sockets.add(socket);
          accepted.incrementAndGet();
          thread(() -> echo(socket));
        }
      } catch (IOException e) {
        // It is killed.
      }
    }

    private void echo(Socket socket) {
      try (socket) {
        socket.setTcpNoDelay(true);
        socket.getOutputStream().write('0' + number);
        socket.getInputStream().transferTo(socket.getOutputStream());
      } catch (IOException e) {
        // The client has gone.
      }
      sockets.remove(socket);
    }

    /** As when its process dies. */
    @Override
    public void close() throws IOException {
      listener.close();
      for (Socket socket : sockets) {
        try {
          socket.setSoLinger(true, 0);
        } catch (SocketException e) {
          // Its client was the first to go.
        }
        socket.close();
      }
    }
  }

  /** A client's connection. */
  final class Client implements Closeable {
    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket;

    /** Who serves it, from 1. */
    final int server;

    Client(int port) throws IOException {
      SocketChannel channel = clients.call(SocketChannel::open);
      socket = channel.socket();
      try {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(ADDRESS, port), TIMEOUT_MILLIS);
        server = read() - '0';
      } catch (IOException e) {
        channel.close();
        throw e;
      }
      open.add(this);
    }

    /** Whether it still works. */
    boolean echoes() {
      try {
        socket.getOutputStream().write('x');
        return read() == 'x';
      } catch (IOException e) {
        return false;
      }
    }

    /** Whether its next packet is answered by a reset. */
    boolean isReset() {
      try {
        socket.getOutputStream().write('x');
        read();
        return false;
      } catch (SocketTimeoutException e) {
        return false;
      } catch (IOException e) {
        return true;
      }
    }

    private int read() throws IOException {
      return socket.getInputStream().read();
    }

    /** By a reset: the kernel forgets it after ten seconds rather than two minutes. */
    @Override
    public void close() throws IOException {
      open.remove(this);
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  Server server(int number) throws IOException {
    return new Server(number);
  }

  Client client(int port) throws IOException {
    return new Client(port);
  }

  /** Clients that come one after the other. */
  final class Load implements Closeable {
    final AtomicInteger attempts = new AtomicInteger();
    final AtomicInteger failures = new AtomicInteger();
    private final List<Integer> seen = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean stopped;

    Load(int port) {
      thread =
          thread(
              () -> {
                while (!stopped) {
                  attempts.incrementAndGet();
                  try (Client client = new Client(port)) {
                    seen.add(client.server);
                  } catch (IOException e) {
                    failures.incrementAndGet();
                  }
                }
              });
    }

    /** Who served the next so many, from now on. */
    List<Integer> next(int count) throws InterruptedException {
      // The one that is under way may be of before.
      int first = seen.size() + 1;
      int end = first + count;
      long deadline = System.nanoTime() + 30_000_000_000L;
      while (seen.size() < end && System.nanoTime() < deadline) {
        Thread.sleep(5);
      }
      return List.copyOf(seen).subList(first, end);
    }

    /** Ends with the client that is there. */
    void stop() {
      stopped = true;
      try {
        thread.join(10_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      stop();
    }
  }

  Load load(int port) {
    return new Load(port);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : open) {
      each.close();
    }
    clients.close();
    servers.close();
    shell(TAKE_DOWN);
  }
}

package io.evenkeel.vrrp.witness;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A third party on a host of its own, that lends leases to who asks by {@link WitnessStore}. It
 * keeps them in memory alone: after it was started again it lends nothing new for as long as the
 * longest lease, while who holds one may go on holding it. For the same reason there is to be one
 * witness alone, and another may be put in its place only once the first is gone.
 *
 * <p>It knows nobody and trusts everybody: whoever reaches it can take a lease. Bind it to an
 * address of a network that is trusted. One thread, a daemon. Thread-safe.
 */
public final class Witness implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Witness.class);
  private static final Duration SHORTEST = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final int MAX_CLIENTS = 1000;
  private static final int BACKLOG = 128;
  private static final long LOOK_MILLIS = 500;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ServerSocketChannel server;
  private final Selector selector;

  /** The thread's alone. */
  private final LeaseTable table;

  private volatile boolean closed;

  private Witness(ServerSocketChannel server, Selector selector, LeaseTable table) {
    this.server = server;
    this.selector = selector;
    this.table = table;
  }

  /**
   * Starts.
   *
   * @param bind where it listens; port 0: any
   * @param longest the longest lease that it lends, 10 ms..1 day, and how long it lends nothing new
   *     after its start; the same each time it is started
   * @return to be closed
   * @throws IOException if it cannot listen there
   * @throws IllegalArgumentException if the longest lease is out of range
   */
  public static Witness start(InetSocketAddress bind, Duration longest) throws IOException {
    if (longest.compareTo(SHORTEST) < 0 || longest.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("longest: " + longest + " (expected: 10 ms..1 day)");
    }
    Selector selector = Selector.open();
    ServerSocketChannel server = ServerSocketChannel.open();
    try {
      server.bind(bind, BACKLOG);
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
      Witness witness =
          new Witness(
              server,
              selector,
              new LeaseTable(TimeUnit.NANOSECONDS.convert(longest), System.nanoTime()));
      Thread thread = new Thread(witness::run, "evenkeel-witness");
      thread.setDaemon(true);
      thread.start();
      return witness;
    } catch (IOException | RuntimeException | Error e) {
      server.close();
      selector.close();
      throw e;
    }
  }

  /**
   * Where it listens.
   *
   * @return the address
   * @throws IOException if it is closed
   */
  public InetSocketAddress address() throws IOException {
    return (InetSocketAddress) server.getLocalAddress();
  }

  /** Forgets all leases. */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
  }

  private void run() {
    try (selector;
        server) {
      while (!closed) {
        selector.select(LOOK_MILLIS);
        for (SelectionKey key : List.copyOf(selector.selectedKeys())) {
          serve(key);
        }
        selector.selectedKeys().clear();
        long now = System.nanoTime();
        clients().stream().filter(client -> client.isLate(now)).forEach(Client::close);
      }
      clients().forEach(Client::close);
    } catch (IOException | RuntimeException | Error e) {
      LOG.error("the witness has ended", e);
    }
  }

  private List<Client> clients() {
    return selector.keys().stream()
        .filter(key -> key.isValid() && key.attachment() instanceof Client)
        .map(key -> (Client) key.attachment())
        .toList();
  }

  private void serve(SelectionKey key) {
    if (!key.isValid()) {
      return;
    }
    if (key.attachment() instanceof Client client) {
      client.read();
      return;
    }
    try {
      accept();
    } catch (IOException e) {
      // There are no more files to be had, perhaps.
      LOG.warn("not accepted: {}", e.toString());
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void accept() throws IOException {
    SocketChannel channel = server.accept();
    if (channel == null) {
      return;
    }
    try {
      if (selector.keys().size() > MAX_CLIENTS) {
        throw new IOException(MAX_CLIENTS + " clients (expected: fewer)");
      }
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, new Client(channel));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Asks once, and is answered once. */
  private final class Client {
    private final SocketChannel channel;
    private final long sinceNanos = System.nanoTime();
    private final ByteBuffer line = ByteBuffer.allocate(Wire.MAX_LINE);

    Client(SocketChannel channel) {
      this.channel = channel;
    }

    boolean isLate(long nowNanos) {
      return nowNanos - sinceNanos > PATIENCE_NANOS;
    }

    void read() {
      try {
        int read = channel.read(line);
        String text = new String(line.array(), 0, line.position(), StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\n');
        if (end >= 0) {
          String answer = Wire.answer(text.substring(0, end), table, System.nanoTime());
          // It is short: it fits into the socket's buffer.
          channel.write(ByteBuffer.wrap((answer + "\n").getBytes(StandardCharsets.US_ASCII)));
          close();
        } else if (read < 0 || !line.hasRemaining()) {
          close();
        }
      } catch (IOException e) {
        LOG.debug("a client has gone", e);
        close();
      }
    }

    void close() {
      try {
        channel.close();
      } catch (IOException e) {
        LOG.debug("not closed properly", e);
      }
    }
  }
}

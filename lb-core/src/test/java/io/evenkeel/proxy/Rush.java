package io.evenkeel.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Clients that all come at once, one after the other. One thread drives them, so that what is
 * measured is how long the proxy takes and not how long one of thousands of threads waits for a
 * processor.
 */
final class Rush implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(60);

  /** One client's story. */
  static final class Client {
    private final int number;
    private final SocketChannel channel;
    private final long connectedNanos;
    private long closedNanos;
    private boolean admitted;
    private boolean closed;
    private int answered;
    private int wanted;

    private Client(int number, SocketChannel channel, long connectedNanos) {
      this.number = number;
      this.channel = channel;
      this.connectedNanos = connectedNanos;
    }

    /** It heard the name of the server. */
    boolean isAdmitted() {
      return admitted;
    }

    int answered() {
      return answered;
    }

    /** From the moment its connect was done to the moment it saw the end. */
    long closedAfterNanos() {
      return closedNanos - connectedNanos;
    }

    @Override
    public String toString() {
      return Integer.toString(number);
    }
  }

  private final Selector selector;
  private final List<Client> clients = new ArrayList<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(64);

  /** Connects them, in their order in {@link #clients}. */
  Rush(InetSocketAddress address, int count) throws IOException {
    selector = Selector.open();
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open(address);
      Client client = new Client(i, channel, System.nanoTime());
      clients.add(client);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, client);
      selector.selectNow(this::read);
    }
  }

  List<Client> clients() {
    return clients;
  }

  /** Waits until each was admitted or closed. */
  void awaitVerdicts() throws IOException {
    await(client -> client.admitted || client.closed);
  }

  /**
   * Those that were admitted send so many requests, all at the same time; waits for the answers.
   */
  void request(int requests) throws IOException {
    for (Client client : clients) {
      if (client.admitted && !client.closed) {
        client.wanted = requests;
        send(client);
      }
    }
    await(client -> client.closed || client.answered == client.wanted);
  }

  private void await(Predicate<Client> done) throws IOException {
    long start = System.nanoTime();
    while (!clients.stream().allMatch(done)) {
      if (System.nanoTime() - start > BOUND.toNanos()) {
        throw new IOException(
            "clients that still wait after "
                + BOUND.toSeconds()
                + " s: "
                + clients.stream().filter(done.negate()).count());
      }
      selector.select(this::read, 100);
    }
  }

  private void read(SelectionKey key) {
    Client client = (Client) key.attachment();
    buffer.clear();
    int n;
    try {
      n = client.channel.read(buffer);
      if (n > 0 && client.admitted) {
        client.answered += n;
        if (client.answered < client.wanted) {
          send(client);
        }
      }
    } catch (IOException e) {
      n = -1;
    }
    if (n < 0) {
      client.closed = true;
      client.closedNanos = System.nanoTime();
      key.cancel();
    } else if (n > 0) {
      client.admitted = true;
    }
  }

  private void send(Client client) throws IOException {
    buffer.clear().put((byte) client.answered).flip();
    client.channel.write(buffer);
  }

  @Override
  public void close() throws IOException {
    for (Client client : clients) {
      client.channel.close();
    }
    selector.close();
  }
}

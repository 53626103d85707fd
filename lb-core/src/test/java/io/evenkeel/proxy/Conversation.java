package io.evenkeel.proxy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What one connection's two peers do, derived from a seed: how much each sends and in which pieces,
 * who ends its direction first, and who reads slowly. The client names the conversation in its
 * first four bytes, so that the server knows which one it has got.
 */
final class Conversation {

  /** Who sends when. Each half-closes once it has sent all. */
  enum Order {
    BOTH_AT_ONCE,
    /** The server sends once it has read the client's end. */
    CLIENT_FIRST,
    /** The client sends once it has read the server's end. */
    SERVER_FIRST
  }

  /** One direction as one of its peers saw it. */
  record Stream(long bytes, String sha256) {}

  /** What one peer sent, and what it received until the other's end. */
  record Seen(Stream sent, Stream received) {}

  private static final int MAX_BYTES = 1024 * 1024;
  private static final int MAX_CHUNK_BYTES = 32 * 1024;

  private final int number;
  private final Order order;
  private final Peer client;
  private final Peer server;

  /** What one peer does: sends this much, and pauses once in reading, or never if 0. */
  private record Peer(long seed, int sends, int pauseMillis) {
    static Peer of(Random random) {
      int pause = random.nextInt(5) == 0 ? 20 + random.nextInt(80) : 0;
      return new Peer(random.nextLong(), size(random), pause);
    }

    private static int size(Random random) {
      return switch (random.nextInt(8)) {
        case 0 -> 0;
        case 1, 2 -> 1 + random.nextInt(1024);
        case 3, 4, 5 -> random.nextInt(MAX_BYTES / 16);
        case 6 -> random.nextInt(MAX_BYTES / 2);
        default -> MAX_BYTES - random.nextInt(2) * random.nextInt(MAX_BYTES);
      };
    }
  }

  Conversation(long seed, int number) {
    Random random = new Random(seed * 1_000_003 + number);
    this.number = number;
    this.order = Order.values()[random.nextInt(Order.values().length)];
    this.client = Peer.of(random);
    this.server = Peer.of(random);
  }

  static int readNumber(Socket accepted) throws IOException {
    return new DataInputStream(accepted.getInputStream()).readInt();
  }

  Seen asClient(Socket socket, Executor writers) throws IOException {
    new DataOutputStream(socket.getOutputStream()).writeInt(number);
    return exchange(socket, client, order == Order.CLIENT_FIRST, writers);
  }

  Seen asServer(Socket socket, Executor writers) throws IOException {
    return exchange(socket, server, order == Order.SERVER_FIRST, writers);
  }

  private Seen exchange(Socket socket, Peer self, boolean first, Executor writers)
      throws IOException {
    if (order != Order.BOTH_AT_ONCE) {
      Stream sent = first ? send(socket, self) : null;
      Stream received = receive(socket, self);
      return new Seen(sent == null ? send(socket, self) : sent, received);
    }
    CompletableFuture<Stream> sending =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return send(socket, self);
              } catch (IOException e) {
                throw new CompletionException(e);
              }
            },
            writers);
    Stream received = receive(socket, self);
    return new Seen(sending.join(), received);
  }

  private static Stream send(Socket socket, Peer self) throws IOException {
    Random random = new Random(self.seed);
    MessageDigest digest = sha256();
    OutputStream out = socket.getOutputStream();
    for (int left = self.sends; left > 0; ) {
      byte[] chunk = new byte[Math.min(left, 1 + random.nextInt(MAX_CHUNK_BYTES))];
      random.nextBytes(chunk);
      digest.update(chunk);
      out.write(chunk);
      left -= chunk.length;
    }
    socket.shutdownOutput();
    return new Stream(self.sends, hex(digest));
  }

  private static Stream receive(Socket socket, Peer self) throws IOException {
    Random random = new Random(~self.seed);
    MessageDigest digest = sha256();
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[1 + random.nextInt(MAX_CHUNK_BYTES)];
    long bytes = 0;
    boolean paused = self.pauseMillis == 0;
    for (int n; (n = in.read(buffer)) >= 0; ) {
      digest.update(buffer, 0, n);
      bytes += n;
      if (!paused) {
        paused = true;
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(self.pauseMillis));
      }
    }
    return new Stream(bytes, hex(digest));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public String toString() {
    return "conversation " + number + ": " + order + ", client " + client + ", server " + server;
  }
}

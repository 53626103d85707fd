package io.evenkeel.check;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** What a server may do instead of its work, whatever protocol it is to speak. */
final class Misbehaviour {
  private static final int GARBAGE_BYTES = 10_000;

  private Misbehaviour() {}

  /** All that need no words of a protocol, by name. Not one of them is a server's right answer. */
  static Map<String, Peer.Script> all() {
    Map<String, Peer.Script> all = new LinkedHashMap<>();
    all.put("silent", silent());
    all.put("closing", closing());
    all.put("slamming", slamming());
    all.put("resetting", resetting());
    all.put("garbage", garbage(4711));
    all.put("endless zeros", new Endless("", "\0"));
    all.put("endless line", new Endless("", "x"));
    all.put("endless lines", new Endless("", "x\r\n"));
    return all;
  }

  /** Reads and says nothing. */
  static Peer.Script silent() {
    return socket -> {};
  }

  /** Ends its side at once, and reads on. */
  static Peer.Script closing() {
    return Socket::shutdownOutput;
  }

  /** Closes at once, whatever it was sent. */
  static Peer.Script slamming() {
    return Socket::close;
  }

  static Peer.Script resetting() {
    return socket -> {
      socket.setSoLinger(true, 0);
      socket.close();
    };
  }

  /** Some thousand bytes that mean nothing, the same ones for the same seed; then silence. */
  static Peer.Script garbage(long seed) {
    return socket -> {
      byte[] bytes = new byte[GARBAGE_BYTES];
      new Random(seed).nextBytes(bytes);
      socket.getOutputStream().write(bytes);
    };
  }

  /** Does it, but after a while. */
  static Peer.Script late(Duration delay, Peer.Script then) {
    return socket -> {
      pause(delay);
      then.serve(socket);
    };
  }

  /** Says it, one byte after each interval. */
  static Peer.Script dripping(Duration interval, String text) {
    return socket -> {
      for (int i = 0; i < text.length(); i++) {
        pause(interval);
        Peer.say(socket, text.substring(i, i + 1));
      }
    };
  }

  /** Says something, and then something again and again as fast as it is read. */
  static final class Endless implements Peer.Script {
    private static final int CHUNK_BYTES = 8192;

    private final AtomicLong sentBytes = new AtomicLong();
    private final byte[] prelude;
    private final byte[] chunk;

    Endless(String prelude, String again) {
      this.prelude = prelude.getBytes(StandardCharsets.ISO_8859_1);
      chunk =
          again
              .repeat(Math.max(1, CHUNK_BYTES / again.length()))
              .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What the kernel has taken so far, on all connections: all that can have been read. */
    long sentBytes() {
      return sentBytes.get();
    }

    @Override
    public void serve(Socket socket) throws IOException {
      socket.getOutputStream().write(prelude);
      for (; ; ) {
        socket.getOutputStream().write(chunk);
        sentBytes.addAndGet(chunk.length);
      }
    }
  }

  /** Listens, but neither accepts nor refuses: its backlog is full. */
  static final class Deaf implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final List<Socket> fillers = new ArrayList<>();

    Deaf() throws IOException {
      for (int i = 0; i < 10; i++) {
        Socket filler = new Socket();
        fillers.add(filler);
        // It takes two, however late.
        int timeoutMillis = i < 2 ? 60_000 : 100;
        try {
          filler.connect(address(), timeoutMillis);
        } catch (SocketTimeoutException e) {
          return;
        }
      }
      throw new IOException("the backlog does not fill");
    }

    InetSocketAddress address() {
      return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
      for (Socket filler : fillers) {
        filler.close();
      }
      listener.close();
    }
  }

  private static void pause(Duration delay) {
    LockSupport.parkNanos(delay.toNanos());
  }
}

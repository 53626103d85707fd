package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who does not read costs the proxy little, whatever is on offer, and can read on later. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StalledReaderIT {
  private static final int PAIRS = 500;
  private static final int KIB = 1024;
  private static final int OFFER_BYTES = 8 * 1024 * KIB;
  private static final long MOST_BYTES_A_PAIR = 256 * KIB;
  private static final int SAMPLE = 16;
  private static final int PEER_BUFFER_BYTES = 32 * KIB;
  private static final int WARM_UP = 2;
  private static final Duration QUIET = Duration.ofMillis(700);

  private static final byte[] OFFER = new byte[OFFER_BYTES];
  private static final String OFFER_SHA256;

  static {
    new Random(42).nextBytes(OFFER);
    MessageDigest digest = Conversation.sha256();
    digest.update(OFFER);
    OFFER_SHA256 = Conversation.hex(digest);
  }

  @RegisterExtension private static final ProxyLab lab = new ProxyLab();

  private final AtomicLong sent = new AtomicLong();
  private final CountDownLatch readOn = new CountDownLatch(1);

  @Test
  void stalledReaders_500OnTheBestTransport_costAtMost256KibEach() throws Exception {
    stall(Wiring.best());
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void stalledReaders_500_costAtMost256KibEach(Wiring wiring) throws Exception {
    stall(wiring);
  }

  /**
   * Answers of every length, with the server's end behind them: of some the last part waits in the
   * proxy's kernel, together with the end.
   */
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void stalledReaders_whoseServersHaveEnded_costAtMost256KibEach(Wiring wiring) throws Exception {
    int pairs = 128;
    TestServer server =
        lab.keep(
            new TestServer(socket -> offer(socket, socket.getInputStream().read() * 64 * KIB)));
    ProxyProcess proxy = lab.keep(start(wiring, server));
    warmUp(proxy);
    long before = proxy.memory().bytes();
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < pairs; i++) {
      Socket client = lab.connect(proxy.address(), PEER_BUFFER_BYTES);
      client.getOutputStream().write(i);
      clients.add(client);
    }
    ProxyLab.await("all connections", () -> server.accepted() >= pairs);
    awaitStall();
    report(wiring, "stalled, their servers ended", pairs, proxy.memory(), before);
    for (int i = 0; i < pairs; i++) {
      byte[] answer = Sockets.readToEnd(clients.get(i));
      assertArrayEquals(Arrays.copyOf(OFFER, i * 64 * KIB), answer, "client " + i);
    }
  }

  private void stall(Wiring wiring) throws Exception {
    BlockingQueue<String> uploads = new LinkedBlockingQueue<>();
    // The client's first byte says who stalls: D, the client; U, the server.
    TestServer server =
        lab.keep(
            new TestServer(
                PEER_BUFFER_BYTES,
                socket -> {
                  int direction = socket.getInputStream().read();
                  if (direction == 'D') {
                    offer(socket, OFFER_BYTES);
                    socket.shutdownOutput();
                    Sockets.readToEnd(socket);
                  } else if (direction == 'U') {
                    Sockets.await(readOn);
                    uploads.add(digest(socket));
                  }
                }));
    ProxyProcess proxy = lab.keep(start(wiring, server));
    warmUp(proxy);
    long before = proxy.memory().bytes();

    List<Socket> downloading = new ArrayList<>();
    List<Socket> uploading = new ArrayList<>();
    for (int i = 0; i < PAIRS; i++) {
      Socket client = lab.connect(proxy.address(), PEER_BUFFER_BYTES);
      boolean down = i % 2 == 0;
      client.getOutputStream().write(down ? 'D' : 'U');
      if (down) {
        downloading.add(client);
      } else {
        uploading.add(client);
        Sockets.thread(
            "upload",
            () -> {
              try {
                offer(client, OFFER_BYTES);
                client.shutdownOutput();
              } catch (IOException e) {
                // Not of the sample: closed while it stalls.
              }
            });
      }
    }
    ProxyLab.await("all connections", Duration.ofSeconds(60), () -> server.accepted() >= PAIRS);
    awaitStall();
    report(wiring, "stalled", PAIRS, proxy.memory(), before);

    for (Socket client : downloading.subList(SAMPLE, downloading.size())) {
      Sockets.reset(client);
    }
    for (Socket client : uploading.subList(SAMPLE, uploading.size())) {
      Sockets.reset(client);
    }
    readOn.countDown();
    for (Socket client : downloading.subList(0, SAMPLE)) {
      assertEquals(OFFER_SHA256, digest(client));
    }
    int whole = 0;
    for (int i = 0; i < SAMPLE; ) {
      String upload = uploads.poll(60, TimeUnit.SECONDS);
      assertTrue(upload != null, "uploads that arrived whole: " + whole);
      if (upload.equals(OFFER_SHA256)) {
        whole++;
        i++;
      }
    }
  }

  private static ProxyProcess start(Wiring wiring, TestServer server) throws IOException {
    return new ProxyProcess(
        ProxyProcess.classPathWithout(),
        List.of("-Xmx512m", "-XX:MaxDirectMemorySize=1g", "-XX:+UseSerialGC"),
        wiring.transport().toString(),
        wiring.loops(),
        server.endpoint());
  }

  private void warmUp(ProxyProcess proxy) throws IOException {
    for (int i = 0; i < 20; i++) {
      try (Socket client = lab.connect(proxy.address())) {
        client.getOutputStream().write(WARM_UP);
        client.shutdownOutput();
        client.getInputStream().readNBytes(64 * KIB);
      }
    }
    awaitStall();
    sent.set(0);
  }

  private void offer(Socket socket, int bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    for (int at = 0; at < bytes; at += 16 * KIB) {
      out.write(OFFER, at, 16 * KIB);
      sent.addAndGet(16 * KIB);
    }
  }

  /** Returns once no peer has got rid of a byte for a while. */
  private void awaitStall() {
    long[] last = {-1, 0};
    ProxyLab.await(
        "a standstill",
        Duration.ofSeconds(60),
        () -> {
          long now = System.nanoTime();
          if (sent.get() != last[0]) {
            last[0] = sent.get();
            last[1] = now;
          }
          return now - last[1] > QUIET.toNanos();
        });
  }

  private static void report(
      Wiring wiring, String what, int pairs, ProxyProcess.Memory memory, long before) {
    long each = (memory.bytes() - before) / pairs;
    System.out.printf(
        "StalledReaderIT, %s, %d pairs %s: %d KiB each (heap %d KiB, direct %d KiB, before %d KiB)%n",
        wiring,
        pairs,
        what,
        each / KIB,
        memory.heapBytes() / KIB,
        memory.directBytes() / KIB,
        before / KIB);
    assertTrue(each <= MOST_BYTES_A_PAIR, "bytes a pair: " + each);
  }

  private static String digest(Socket socket) throws IOException {
    MessageDigest digest = Conversation.sha256();
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[16 * KIB];
    for (int n; (n = in.read(buffer)) >= 0; ) {
      digest.update(buffer, 0, n);
    }
    return Conversation.hex(digest);
  }
}

package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** As many clients as there is room for, and what becomes of the others. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConnectionLimitIT {
  private static final int REQUESTS = 10;

  @RegisterExtension private static final ProxyLab lab = new ProxyLab();

  /** One client's story. */
  private static final class Client {
    final Socket socket;
    boolean admitted;
    int answered;

    Client(Socket socket) {
      this.socket = socket;
    }
  }

  static Stream<Wiring> best() {
    return Stream.of(Wiring.best());
  }

  @ParameterizedTest
  @MethodSource("best")
  void full_2000ClientsAtOnce_1000AreServedAndTheOthersClosed(Wiring wiring) throws Exception {
    rush(wiring, 1000, 2000);
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void full_200ClientsAtOnce_100AreServedAndTheOthersClosed(Wiring wiring) throws Exception {
    rush(wiring, 100, 200);
  }

  private void rush(Wiring wiring, int room, int rush) throws Exception {
    TestServer server = lab.keep(TestServer.named('A'));
    ProxyLab.Proxied proxied =
        lab.start(
            wiring,
            TcpProxy.builder().maxConnections(room, TcpProxy.WhenFull.CLOSE).build(),
            server.endpoint());
    List<Client> clients = rush(proxied, rush, new CountDownLatch(rush));
    long admitted = clients.stream().filter(client -> client.admitted).count();
    assertEquals(room, admitted);
    for (Client client : clients) {
      assertEquals(client.admitted ? REQUESTS : 0, client.answered);
    }
    assertEquals(rush - room, proxied.sum("evenkeel.proxy.rejected"));

    // Room again, for the same number.
    ProxyLab.await("the first ones' end", () -> proxied.clients() == 0);
    List<Client> next = rush(proxied, room, new CountDownLatch(room));
    assertTrue(next.stream().allMatch(client -> client.answered == REQUESTS));
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void full_othersAreClosedWithin100Millis(Wiring wiring) throws Exception {
    TestServer server = lab.keep(TestServer.named('A'));
    ProxyLab.Proxied proxied =
        lab.start(
            wiring,
            TcpProxy.builder().maxConnections(10, TcpProxy.WhenFull.CLOSE).build(),
            server.endpoint());
    List<Socket> admitted = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Socket client = lab.connect(proxied.address());
      assertEquals('A', client.getInputStream().read());
      admitted.add(client);
    }
    int others = 100;
    long[] nanos = new long[others];
    for (int i = 0; i < others; i++) {
      Socket client = lab.connect(proxied.address());
      long start = System.nanoTime();
      assertEquals(0, Sockets.readToAnyEnd(client).bytes().length);
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    // Not the very slowest: the machine has other work, and Java collects garbage.
    Duration slow = Duration.ofNanos(nanos[others * 95 / 100]);
    assertTrue(slow.toMillis() < 100, "closed after " + slow);
    assertEquals(others, proxied.sum("evenkeel.proxy.rejected"));
    for (Socket client : admitted) {
      Sockets.request(client, new byte[] {1, 2, 3});
    }
  }

  @ParameterizedTest
  @MethodSource("best")
  void full_2000ClientsWait_allAreServedInTheEnd(Wiring wiring) throws Exception {
    waitForRoom(wiring, 1000, 2000);
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void full_clientsWait_allAreServedInTheEnd(Wiring wiring) throws Exception {
    waitForRoom(wiring, 20, 100);
  }

  /** The least room: a wake-up that is missed is not made up for by the next one. */
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void roomForOne_clientsWait_allAreServedInTheEnd(Wiring wiring) throws Exception {
    waitForRoom(wiring, 1, 100);
  }

  private void waitForRoom(Wiring wiring, int room, int clients) throws Exception {
    AtomicInteger most = new AtomicInteger();
    AtomicInteger now = new AtomicInteger();
    TestServer server =
        lab.keep(
            new TestServer(
                socket -> {
                  most.accumulateAndGet(now.incrementAndGet(), Math::max);
                  try {
                    Sockets.echo(socket);
                  } finally {
                    now.decrementAndGet();
                  }
                }));
    ProxyLab.Proxied proxied =
        lab.start(
            wiring,
            TcpProxy.builder().maxConnections(room, TcpProxy.WhenFull.WAIT).build(),
            server.endpoint());
    Deque<Socket> all = new ArrayDeque<>();
    for (int i = 0; i < clients; i++) {
      Socket client = lab.connect(proxied.address());
      client.getOutputStream().write(i);
      all.add(client);
    }
    ProxyLab.await("a full proxy", () -> proxied.clients() == room);
    AtomicInteger served = new AtomicInteger();
    CountDownLatch gone = new CountDownLatch(clients);
    for (Socket client : all) {
      Sockets.thread(
          "waiting",
          () -> {
            try (client) {
              if (client.getInputStream().read() >= 0) {
                served.incrementAndGet();
              }
            } catch (IOException e) {
              // Not served: counted by its absence.
            } finally {
              gone.countDown();
            }
          });
    }
    assertTrue(gone.await(60, TimeUnit.SECONDS), "served: " + served);
    assertEquals(clients, served.get());
    assertEquals(0, proxied.sum("evenkeel.proxy.rejected"));
    // The server sees an end a moment after the proxy has let the next one in.
    assertTrue(most.get() <= 2 * room, "at a time: " + most);
  }

  /** All come at once, and those that hear the server's name go on to their requests together. */
  private List<Client> rush(ProxyLab.Proxied proxied, int count, CountDownLatch verdicts)
      throws Exception {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(new Client(lab.connect(proxied.address())));
    }
    CountDownLatch gone = new CountDownLatch(count);
    for (Client client : clients) {
      Sockets.thread(
          "client",
          () -> {
            try (Socket socket = client.socket) {
              try {
                client.admitted = socket.getInputStream().read() == 'A';
              } finally {
                verdicts.countDown();
              }
              verdicts.await();
              for (int i = 0; client.admitted && i < REQUESTS; i++) {
                Sockets.request(socket, new byte[] {(byte) i});
                client.answered++;
              }
            } catch (IOException | InterruptedException e) {
              // Not admitted, or not served: to be seen from the numbers.
            } finally {
              gone.countDown();
            }
          });
    }
    assertTrue(gone.await(60, TimeUnit.SECONDS), "clients that still wait: " + gone.getCount());
    return clients;
  }
}

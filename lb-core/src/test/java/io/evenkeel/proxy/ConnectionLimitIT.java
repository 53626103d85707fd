package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.transport.Transport;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** As many clients as there is room for, and what becomes of the others. */
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConnectionLimitIT {
  private static final int REQUESTS = 10;

  /** What tells a close at once from a wait for room, on a machine that has other work, too. */
  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  /**
   * From the end of a refused client's connect to its close, whoever else comes meanwhile, on a
   * machine that has no other work.
   */
  private static final Duration CLOSED_WITHIN = Duration.ofMillis(100);

  @RegisterExtension private static final ProxyLab lab = new ProxyLab();

  static Stream<Wiring> best() {
    Transport best = Transport.best();
    return Stream.of(new Wiring(best, 1), new Wiring(best, 2));
  }

  @ParameterizedTest
  @MethodSource("best")
  void full_2000ClientsAtOnce_first1000AreServedAndTheOthersClosed(Wiring wiring) throws Exception {
    assertClosedAtOnce(rush(wiring, 1000, 2000, 5));
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void full_200ClientsAtOnce_first100AreServedAndTheOthersClosed(Wiring wiring) throws Exception {
    assertClosedAtOnce(rush(wiring, 100, 200, 5));
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("best")
  void full_2000ClientsAtOnce_1000AreClosedWithinATenthOfASecond(Wiring wiring) throws Exception {
    assertClosedInTime(rush(wiring, 1000, 2000, 15));
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void full_200ClientsAtOnce_100AreClosedWithinATenthOfASecond(Wiring wiring) throws Exception {
    assertClosedInTime(rush(wiring, 100, 200, 15));
  }

  /** One round is enough: who waited for room would do so in each. */
  private static void assertClosedAtOnce(long[] slowestNanos) {
    assertTrue(slowestNanos[0] <= AT_ONCE.toNanos(), inWords(slowestNanos));
  }

  /**
   * Every client of most rounds, and not of each round: in the first ones the virtual machine still
   * interprets what it will compile, and the machine may have other work in any.
   */
  private static void assertClosedInTime(long[] slowestNanos) {
    assertTrue(
        slowestNanos[slowestNanos.length / 2] <= CLOSED_WITHIN.toNanos(), inWords(slowestNanos));
  }

  private static String inWords(long[] slowestNanos) {
    return "slowest close of each round, in ns: " + Arrays.toString(slowestNanos);
  }

  /** The slowest close of each round, the fastest round first. */
  private long[] rush(Wiring wiring, int room, int count, int rounds) throws Exception {
    RushServer server = lab.keep(new RushServer());
    ProxyLab.Proxied proxied =
        lab.start(
            wiring,
            TcpProxy.builder().maxConnections(room, TcpProxy.WhenFull.CLOSE).build(),
            server.endpoint());
    long[] slowestNanos = new long[rounds];
    for (int round = 1; round <= rounds; round++) {
      try (Rush rush = new Rush(proxied.address(), count)) {
        rush.awaitVerdicts();
        rush.request(REQUESTS);
        slowestNanos[round - 1] = assertVerdicts(wiring, room, rush.clients());
        assertEquals(round * (count - room), proxied.sum("evenkeel.proxy.rejected"));
      }
      // Room again, for the same number.
      ProxyLab.await("the first ones' end", () -> proxied.clients() == 0);
    }
    Arrays.sort(slowestNanos);
    return slowestNanos;
  }

  /** The first ones are served whole, the others are closed; how long the slowest of these took. */
  private static long assertVerdicts(Wiring wiring, int room, List<Rush.Client> clients) {
    List<Rush.Client> refused = clients.stream().filter(c -> !c.isAdmitted()).toList();
    assertEquals(clients.size() - room, refused.size());
    if (wiring.loops() == 1) {
      // One listener takes them in the order in which they came; several share them out.
      assertEquals(clients.subList(room, clients.size()), refused);
    }
    for (Rush.Client client : clients) {
      assertEquals(client.isAdmitted() ? REQUESTS : 0, client.answered());
    }
    long[] nanos = refused.stream().mapToLong(Rush.Client::closedAfterNanos).sorted().toArray();
    System.out.printf(
        "%s, %d of %d refused: closed after median %.1f ms, p99 %.1f ms, at most %.1f ms%n",
        wiring,
        nanos.length,
        clients.size(),
        nanos[nanos.length / 2] / 1e6,
        nanos[nanos.length * 99 / 100] / 1e6,
        nanos[nanos.length - 1] / 1e6);
    return nanos[nanos.length - 1];
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
    assertTrue(gone.await(120, TimeUnit.SECONDS), "served: " + served);
    assertEquals(clients, served.get());
    assertEquals(0, proxied.sum("evenkeel.proxy.rejected"));
    // The server sees an end a moment after the proxy has let the next one in.
    assertTrue(most.get() <= 2 * room, "at a time: " + most);
  }
}

package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.ConnectionStatus;
import io.evenkeel.Director;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import io.evenkeel.proxy.ProxyLab.Proxied;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The list of live connections. */
class ConnectionsIT {
  @RegisterExtension static final ProxyLab LAB = new ProxyLab();

  private static final Duration IDLE = Duration.ofHours(1);
  private static final TcpProxy PROXY =
      TcpProxy.builder().idleTimeout(IDLE).connectTimeout(Duration.ofHours(2)).build();

  private static ConnectionStatus only(Proxied proxied) {
    List<ConnectionStatus> all = proxied.director().connections();
    assertEquals(1, all.size(), all.toString());
    return all.get(0);
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void connections_established_saysWhoIsWhere(Wiring wiring) throws IOException {
    TestServer server = LAB.keep(TestServer.echo());
    int port = Sockets.freePort();
    VirtualAddress second = ServiceKey.tcp(Sockets.endpoint(port));
    Proxied proxied =
        LAB.start(
            wiring,
            PROXY,
            VirtualService.mark("m")
                .address(ServiceKey.tcp(Sockets.freeEndpoint()))
                .address(second)
                .realServer(server.endpoint())
                .build());
    assertEquals(List.of(), proxied.director().connections());
    Socket client = LAB.connect(Sockets.loopback(port));
    Sockets.request(client, new byte[] {1});

    ConnectionStatus status = only(proxied);

    assertEquals(client.getLocalSocketAddress(), status.client());
    assertEquals(ServiceKey.mark("m"), status.service());
    assertEquals(second, status.address());
    assertEquals(server.endpoint(), status.server().toString());
    assertEquals(ConnectionStatus.State.ESTABLISHED, status.state());
    assertTrue(!status.age().isNegative() && status.age().compareTo(IDLE) < 0);
    assertTrue(!status.timeLeft().isNegative() && status.timeLeft().compareTo(IDLE) <= 0);
  }

  @Test
  void connections_halfClosed_isClosing() throws IOException {
    TestServer server =
        LAB.keep(
            new TestServer(
                socket -> {
                  Sockets.readToEnd(socket);
                  Sockets.echo(socket);
                  // Until the test ends and closes it.
                  Sockets.await(new CountDownLatch(1));
                }));
    Proxied proxied = LAB.start(Wiring.best(), PROXY, server.endpoint());
    Socket client = LAB.connect(proxied.address());

    client.shutdownOutput();

    ProxyLab.await(
        "closing",
        () ->
            proxied.director().connections().stream()
                .map(ConnectionStatus::state)
                .toList()
                .equals(List.of(ConnectionStatus.State.CLOSING)));
  }

  @Test
  void connections_serverDoesNotAnswer_isConnecting() throws IOException {
    Proxied proxied = LAB.start(Wiring.best(), PROXY, LAB.deaf());
    LAB.connect(proxied.address());
    ProxyLab.await("an attempt", () -> proxied.sum("evenkeel.connections.inactive") == 1);

    ConnectionStatus status = only(proxied);

    assertEquals(ConnectionStatus.State.CONNECTING, status.state());
    // Of the time for connecting, which is the longer one here.
    assertTrue(status.timeLeft().compareTo(IDLE) > 0, status.toString());
  }

  /** More than are looked at at once; those that go while it is looked are no obstacle. */
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#transports")
  void connections_manyOfWhichHalfGo_listsThoseThatStay(Wiring wiring) throws Exception {
    TestServer server = LAB.keep(TestServer.echo());
    Proxied proxied = LAB.start(wiring, PROXY, server.endpoint());
    int count = 3 * Walk.AT_ONCE;
    List<Socket> go = new ArrayList<>();
    Set<InetSocketAddress> stay = new HashSet<>();
    for (int i = 0; i < count; i++) {
      Socket client = LAB.connect(proxied.address());
      if (i % 2 == 0) {
        go.add(client);
      } else {
        stay.add((InetSocketAddress) client.getLocalSocketAddress());
      }
    }
    ProxyLab.await("all", () -> proxied.sum("evenkeel.connections.active") == count);
    Director director = proxied.director();
    assertEquals(count, clients(director).size());

    Thread closing =
        Sockets.thread(
            "closing",
            () -> {
              for (Socket client : go) {
                try {
                  client.close();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              }
            });
    while (closing.isAlive()) {
      assertTrue(clients(director).containsAll(stay));
    }
    ProxyLab.await("only those that stay", () -> clients(director).equals(stay));
  }

  private static Set<InetSocketAddress> clients(Director director) {
    List<ConnectionStatus> all = director.connections();
    Set<InetSocketAddress> clients =
        all.stream().map(ConnectionStatus::client).collect(Collectors.toSet());
    assertEquals(all.size(), clients.size());
    return clients;
  }
}

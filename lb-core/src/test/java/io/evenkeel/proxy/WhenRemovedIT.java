package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.Director;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Outcome;
import io.evenkeel.proxy.ProxyLab.Proxied;
import io.evenkeel.transport.Transport;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of the open connections of a server that is removed. */
class WhenRemovedIT {
  @RegisterExtension static final ProxyLab LAB = new ProxyLab();

  private static final TcpProxy ENDING =
      TcpProxy.builder().whenRemoved(TcpProxy.WhenRemoved.END).build();

  private static Socket connected(Proxied proxied, char expected) throws IOException {
    Socket client = LAB.connect(proxied.address());
    assertEquals(expected, (char) Sockets.readExactly(client, 1)[0]);
    return client;
  }

  private static void remove(Proxied proxied, TestServer server) {
    Director director = proxied.director();
    ServiceKey key = proxied.service().key();
    director.edit().removeServer(key, Endpoint.parse(server.endpoint())).apply();
  }

  /** That the connections end is not enough: servers end what is quiet, too. */
  private static void awaitAborted(int count, Proxied proxied) {
    ProxyLab.await(
        "aborted: " + count,
        () ->
            proxied.cells().all().stream().mapToLong(c -> c.released(Outcome.ABORTED)).sum()
                == count);
  }

  @Test
  void removeServer_nothingSaid_itsConnectionsRunOn() throws IOException {
    TestServer a = LAB.keep(TestServer.named('a'));
    TestServer b = LAB.keep(TestServer.named('b'));
    Proxied proxied = LAB.start(Wiring.best(), TcpProxy.create(), a.endpoint(), b.endpoint());
    Socket client = LAB.connect(proxied.address());
    char name = (char) Sockets.readExactly(client, 1)[0];

    remove(proxied, name == 'a' ? a : b);

    Sockets.request(client, new byte[] {1, 2, 3});
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void removeServer_ending_itsConnectionsEndAndNoOthers(Wiring wiring) throws IOException {
    TestServer a = LAB.keep(TestServer.named('a'));
    Proxied proxied = LAB.start(wiring, ENDING, a.endpoint());
    Socket[] gone = new Socket[8];
    for (int i = 0; i < gone.length; i++) {
      gone[i] = connected(proxied, 'a');
    }
    TestServer b = LAB.keep(TestServer.named('b'));
    ServiceKey key = proxied.service().key();
    proxied
        .director()
        .edit()
        .putServer(key, RealServer.of(b.endpoint()))
        .quiesce(key, Endpoint.parse(a.endpoint()))
        .apply();
    Sockets.request(gone[0], new byte[] {1});
    final Socket stays = connected(proxied, 'b');

    remove(proxied, a);

    for (Socket client : gone) {
      assertEquals(0, Sockets.readToAnyEnd(client).bytes().length);
    }
    Sockets.request(stays, new byte[] {1, 2, 3});
    awaitAborted(8, proxied);
  }

  @Test
  void remove_serviceWithConnections_theyEnd() throws IOException {
    TestServer a = LAB.keep(TestServer.named('a'));
    TestServer b = LAB.keep(TestServer.named('b'));
    Wiring one = new Wiring(Transport.best(), 1);
    Proxied proxied = LAB.start(one, ENDING, a.endpoint(), b.endpoint());
    // rr begins with the newest, which is the last, on each event loop.
    final Socket[] clients = {connected(proxied, 'b'), connected(proxied, 'a')};

    proxied.director().edit().remove(proxied.service().key()).apply();

    for (Socket client : clients) {
      assertEquals(0, Sockets.readToAnyEnd(client).bytes().length);
    }
    awaitAborted(2, proxied);
  }

  /** It was waited for; the client has sent nothing yet, and loses nothing. */
  @Test
  void removeServer_endingWhileItIsConnectedTo_anotherServerAnswers() throws IOException {
    TestServer b = LAB.keep(TestServer.named('b'));
    String deaf = LAB.deaf();
    TcpProxy patient =
        TcpProxy.builder()
            .whenRemoved(TcpProxy.WhenRemoved.END)
            .connectTimeout(Duration.ofHours(1))
            // The one that is given up does not count.
            .connectAttempts(1)
            .build();
    Proxied proxied = LAB.start(Wiring.best(), patient, deaf);
    Socket client = LAB.connect(proxied.address());
    ProxyLab.await("an attempt", () -> proxied.sum("evenkeel.connections.inactive") == 1);
    ServiceKey key = proxied.service().key();

    proxied
        .director()
        .edit()
        .putServer(key, RealServer.of(b.endpoint()))
        .removeServer(key, Endpoint.parse(deaf))
        .apply();

    assertEquals('b', (char) Sockets.readExactly(client, 1)[0]);
  }
}

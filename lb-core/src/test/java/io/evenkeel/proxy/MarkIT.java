package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import io.evenkeel.proxy.ProxyLab.Proxied;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A service with several addresses through real sockets. */
class MarkIT {
  @RegisterExtension static final ProxyLab LAB = new ProxyLab();

  private static final List<InetAddress> HOSTS =
      List.of(Sockets.newAddress(), Sockets.newAddress());

  private final int http;
  private final int https;

  MarkIT() throws IOException {
    http = Sockets.freePort();
    https = Sockets.freePort();
  }

  private static VirtualAddress listening(int port) {
    return ServiceKey.tcp(Sockets.endpoint(port));
  }

  /** Servers at two hosts, on both ports: a and b at the first, c and d at the second. */
  private VirtualService.Builder web() throws IOException {
    VirtualService.Builder service = VirtualService.mark("web").scheduler("rr");
    char name = 'a';
    for (InetAddress host : HOSTS) {
      service.realServer(host.getHostAddress() + ":0");
      for (int port : List.of(http, https)) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        LAB.keep(TestServer.named(name++, address));
      }
    }
    return service.address(listening(http)).address(listening(https));
  }

  /** Who answers at a port, and goes on doing so. */
  private static char answersAt(int port, String client) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(Sockets.PATIENCE_MILLIS);
      socket.bind(new InetSocketAddress(InetAddress.getByName(client), 0));
      socket.connect(Sockets.loopback(port), Sockets.PATIENCE_MILLIS);
      char name = (char) Sockets.readExactly(socket, 1)[0];
      Sockets.request(socket, new byte[] {1, 2, 3});
      return name;
    }
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void connect_persistentClientOnBothPorts_hasOneServerAtThePortThatItAskedFor(Wiring wiring)
      throws IOException {
    Proxied proxied =
        LAB.start(
            wiring,
            TcpProxy.create(),
            web()
                .address(ServiceKey.udp(Sockets.endpoint(http)))
                .persistent(PersistenceSpec.perClient())
                .build());

    Set<Character> seen = new TreeSet<>();
    for (int i = 0; i < 8; i++) {
      String client = "127.0.1." + i;
      char first = answersAt(i % 2 == 0 ? http : https, client);
      seen.add(first);
      char atHttp = first == 'a' || first == 'c' ? first : (char) (first - 1);
      assertEquals(atHttp, answersAt(http, client), client);
      assertEquals(atHttp + 1, answersAt(https, client), client);
    }
    assertTrue(seen.contains('a') || seen.contains('b'), seen.toString());
    assertTrue(seen.contains('c') || seen.contains('d'), seen.toString());
    assertEquals(2, proxied.registry().find("evenkeel.proxy.clients").meters().size());
  }

  /** What listens goes on listening, for whom its address belongs to now. */
  @Test
  void apply_addressMovesToAnotherService_itsClientsFollow() throws IOException {
    Proxied proxied = LAB.start(Wiring.best(), TcpProxy.create(), web().build());
    TestServer other = LAB.keep(TestServer.named('x'));

    proxied
        .director()
        .edit()
        .addresses(ServiceKey.mark("web"), List.of(listening(http)))
        .put(VirtualService.builder(listening(https)).realServer(other.endpoint()).build())
        .apply();

    assertEquals('x', answersAt(https, "127.0.0.1"));
    assertTrue("ac".indexOf(answersAt(http, "127.0.0.1")) >= 0);
    assertEquals(
        1,
        proxied
            .registry()
            .find("evenkeel.proxy.clients")
            .tags("service", listening(https).toString())
            .meters()
            .size());
  }

  @Test
  void apply_addressGoes_isListenedAtNoMore() throws IOException {
    Proxied proxied = LAB.start(Wiring.best(), TcpProxy.create(), web().build());

    proxied.director().edit().addresses(ServiceKey.mark("web"), List.of(listening(http))).apply();

    assertTrue("ac".indexOf(answersAt(http, "127.0.0.1")) >= 0);
    assertThrows(IOException.class, () -> answersAt(https, "127.0.0.1"));
  }
}

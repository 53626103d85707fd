package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.Director;
import io.evenkeel.model.VirtualService;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong on this side costs one client its connection, and no server its place. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LocalFaultIT {

  @RegisterExtension private static final ProxyLab lab = new ProxyLab();

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void schedulerThrows_itsClientIsClosedAndTheNextServed(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.echo());
    AtomicInteger choices = new AtomicInteger();
    ProxyLab.Proxied proxied =
        lab.start(
            Director.builder()
                .transport(wiring.transport())
                .threads(wiring.loops())
                .dataPlane(TcpProxy.create())
                .scheduler(
                    "odd",
                    (destinations, previous) ->
                        (flow, nowNanos) -> {
                          if (choices.incrementAndGet() % 2 == 1) {
                            throw new IllegalStateException("odd");
                          }
                          return destinations.get(0);
                        })
                .service(
                    VirtualService.tcp(Sockets.freeEndpoint())
                        .scheduler("odd")
                        .realServer(server.endpoint())
                        .build()));
    for (int i = 0; i < 10; i++) {
      Socket unlucky = lab.connect(proxied.address());
      assertEquals(0, Sockets.readToAnyEnd(unlucky).bytes().length);
      try (Socket lucky = lab.connect(proxied.address())) {
        Sockets.request(lucky, new byte[] {1});
      }
    }
    assertEquals(20, choices.get());
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#transports")
  void noDescriptorLeft_clientsAreClosedAndLaterOnesServed(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.echo());
    ProxyProcess proxy =
        lab.keep(
            new ProxyProcess(
                ProxyProcess.classPathWithout(),
                List.of(),
                wiring.transport().toString(),
                1,
                server.endpoint()));
    try (Socket client = lab.connect(proxy.address())) {
      Sockets.request(client, new byte[] {1});
    }
    int most = 64;
    proxy.limitDescriptors(most);
    List<Socket> clients = new ArrayList<>();
    boolean refused = false;
    while (!refused && clients.size() <= most) {
      Socket client = lab.connect(proxy.address());
      clients.add(client);
      client.getOutputStream().write(1);
      refused = client.getInputStream().read() < 0;
    }
    assertTrue(refused, "clients served: " + clients.size());
    for (Socket client : clients) {
      client.close();
    }
    try (Socket client = lab.connect(proxy.address())) {
      Sockets.request(client, new byte[] {1});
    }
  }
}

package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.Director;
import io.evenkeel.model.VirtualService;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong on this side costs one client its connection, and no server its place. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
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
    List<Socket> served = new ArrayList<>();
    Socket unlucky = null;
    while (unlucky == null) {
      assertTrue(served.size() < most, "clients served with " + most + " descriptors");
      Socket client = lab.connect(proxy.address());
      client.getOutputStream().write(1);
      if (isServed(client)) {
        served.add(client);
      } else {
        unlucky = client;
      }
    }
    for (Socket client : served) {
      client.close();
    }
    ProxyLab.await("a client that is served", () -> isServedAnew(proxy));
    // It was closed, or waited in the backlog and is served now, but is not forgotten.
    try {
      unlucky.getInputStream().read();
    } catch (SocketException e) {
      // Reset, since it had sent something.
    }
  }

  private static boolean isServedAnew(ProxyProcess proxy) {
    try (Socket client = lab.connect(proxy.address())) {
      client.getOutputStream().write(1);
      return isServed(client);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isServed(Socket client) throws IOException {
    client.setSoTimeout(1000);
    try {
      return client.getInputStream().read() >= 0;
    } catch (SocketException | SocketTimeoutException e) {
      return false;
    } finally {
      client.setSoTimeout(Sockets.PATIENCE_MILLIS);
    }
  }
}

package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.Director;
import io.evenkeel.model.VirtualService;
import java.io.IOException;
import java.net.Socket;
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
}

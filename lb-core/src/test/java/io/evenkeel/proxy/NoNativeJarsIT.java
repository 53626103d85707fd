package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Netty's native transports are an option: without their jars the proxy runs on NIO. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NoNativeJarsIT {
  @RegisterExtension private static final ProxyLab lab = new ProxyLab();

  @Test
  void noNativeLibraries_nioIsChosen() throws IOException {
    assertServesOnNio("netty-transport-native-epoll", "netty-transport-native-io_uring");
  }

  @Test
  void noClassesOfNativeTransportsEither_nioIsChosen() throws IOException {
    assertServesOnNio(
        "netty-transport-native-epoll",
        "netty-transport-native-io_uring",
        "netty-transport-classes-epoll",
        "netty-transport-classes-io_uring");
  }

  @Test
  void allJars_bestTransportIsChosen() throws IOException {
    assertServes(Wiring.best().transport().toString());
  }

  private void assertServesOnNio(String... without) throws IOException {
    assertServes("nio", without);
  }

  private void assertServes(String transport, String... without) throws IOException {
    TestServer server = lab.keep(TestServer.echo());
    ProxyProcess proxy =
        lab.keep(
            new ProxyProcess(
                ProxyProcess.classPathWithout(without),
                List.of("-Xmx64m"),
                "best",
                2,
                server.endpoint()));
    assertEquals(transport, proxy.transport());
    Socket client = lab.connect(proxy.address());
    Sockets.request(client, new byte[] {1, 2, 3});
  }
}

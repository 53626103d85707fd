package io.evenkeel.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One request on everything that the proxy runs on. */
@Tag("smoke")
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TcpProxySmokeIT {
  @RegisterExtension private static final ProxyLab lab = new ProxyLab();

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void request_oneClient_isAnswered(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.echo());
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    Socket client = lab.connect(proxied.address());
    Sockets.request(client, "hello".getBytes(US_ASCII));
  }
}

package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.Director;
import io.evenkeel.Edit;
import io.evenkeel.InvalidConfigurationException;
import io.evenkeel.model.VirtualService;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An address that is taken is said to be, and nothing is half-applied. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PortInUseIT {
  @RegisterExtension private static final ProxyLab lab = new ProxyLab();

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void start_portOfAnotherProgram_saysSo(Wiring wiring) throws IOException {
    TestServer holder = lab.keep(TestServer.echo());
    assertInUse(
        holder.endpoint(), () -> lab.start(wiring, TcpProxy.create(), service(holder.endpoint())));
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void start_portOfAnotherDirector_saysSo(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.echo());
    ProxyLab.Proxied holder = lab.start(wiring, TcpProxy.create(), server.endpoint());
    String endpoint = holder.service().addresses().get(0).endpoint().toString();
    assertInUse(endpoint, () -> lab.start(wiring, TcpProxy.create(), service(endpoint)));
    // The holder's clients are all its own.
    for (int i = 0; i < 20; i++) {
      try (Socket client = lab.connect(holder.address())) {
        Sockets.request(client, new byte[] {1});
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void start_secondServicesPortInUse_firstPortIsFree(Wiring wiring) throws IOException {
    TestServer holder = lab.keep(TestServer.echo());
    int first = Sockets.freePort();
    assertInUse(
        holder.endpoint(),
        () ->
            lab.start(
                Director.builder()
                    .transport(wiring.transport())
                    .threads(wiring.loops())
                    .dataPlane(TcpProxy.create())
                    .service(service(Sockets.endpoint(first)))
                    .service(service(holder.endpoint()))));
    bind(first);
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void edit_secondServicesPortInUse_nothingIsChanged(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.echo());
    TestServer holder = lab.keep(TestServer.echo());
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    Socket client = lab.connect(proxied.address());
    VirtualService before = proxied.service();
    int first = Sockets.freePort();
    Edit edit =
        proxied
            .director()
            .edit()
            .put(service(Sockets.endpoint(first)))
            .put(service(holder.endpoint()))
            .remove(before.key());
    assertInUse(holder.endpoint(), edit::apply);
    bind(first);
    assertEquals(List.of(before), List.copyOf(proxied.director().configuration().services()));
    Sockets.request(client, new byte[] {1});
    Sockets.request(lab.connect(proxied.address()), new byte[] {2});

    holder.close();
    edit.apply();
    bindFails(first);
  }

  private static VirtualService service(String endpoint) {
    return VirtualService.tcp(endpoint).build();
  }

  private static void assertInUse(String endpoint, Runnable start) {
    InvalidConfigurationException refused =
        assertThrows(InvalidConfigurationException.class, start::run);
    assertEquals(
        List.of("port in use: " + endpoint + " (expected: a free one)"), refused.problems());
  }

  private static void bind(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(Sockets.loopback(port));
    }
  }

  private static void bindFails(int port) {
    assertThrows(IOException.class, () -> bind(port));
  }
}

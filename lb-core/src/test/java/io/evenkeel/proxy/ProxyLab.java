package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.evenkeel.Director;
import io.evenkeel.model.Protocol;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import io.evenkeel.transport.Transport;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoopGroup;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Holds what a test opens, closes it afterwards, and fails the test if anything stays: a
 * connection, a file descriptor, or a warning of Netty's. A buffer that was leaked fails the class,
 * at its end; for that a field that holds a lab must be static.
 */
final class ProxyLab
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final Duration BOUND = Duration.ofSeconds(60);

  static {
    NettyWarnings.listen();
    warmUp();
  }

  private final Queue<AutoCloseable> peers = new ConcurrentLinkedQueue<>();
  private final List<Proxied> proxies = new ArrayList<>();
  private final List<EventLoopGroup> groups = new ArrayList<>();
  private Map<String, String> descriptorsBefore = Map.of();

  /** Other classes' tests may end event loops under open channels. */
  @Override
  public void beforeAll(ExtensionContext context) {
    NettyWarnings.take();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    descriptorsBefore = descriptors();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    boolean failed = context.getExecutionException().isPresent();
    List<String> stayed = new ArrayList<>();
    try {
      for (AutoCloseable peer : peers) {
        peer.close();
      }
      if (!failed) {
        proxies.forEach(proxied -> stayed.addAll(proxied.awaitIdle()));
      }
    } finally {
      proxies.forEach(proxied -> proxied.director().close(Duration.ZERO));
      groups.forEach(g -> g.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5_000));
      peers.clear();
      proxies.clear();
      groups.clear();
    }
    if (!failed) {
      if (!isTrueWithin(BOUND, () -> descriptors().size() <= descriptorsBefore.size())) {
        Map<String, String> more = descriptors();
        more.entrySet().removeAll(descriptorsBefore.entrySet());
        stayed.add("file descriptors: before " + descriptorsBefore.size() + ", and now " + more);
      }
    }
    List<String> warnings = NettyWarnings.take();
    if (!failed) {
      stayed.addAll(warnings);
    }
    if (!stayed.isEmpty()) {
      fail(String.join("\n", stayed));
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    assertEquals(List.of(), NettyWarnings.takeWithLeaks());
  }

  /** Starts a proxy in front of servers, its service at a free port, with scheduler rr. */
  Proxied start(Wiring wiring, TcpProxy proxy, String... servers) throws IOException {
    VirtualService.Builder service = VirtualService.tcp(Sockets.freeEndpoint()).scheduler("rr");
    for (String server : servers) {
      service.realServer(server);
    }
    return start(wiring, proxy, service.build());
  }

  Proxied start(Wiring wiring, TcpProxy proxy, VirtualService service) {
    return start(
        Director.builder()
            .transport(wiring.transport())
            .threads(wiring.loops())
            .dataPlane(proxy)
            .service(service));
  }

  /** Starts a director; its data planes and its first service are given. */
  Proxied start(Director.Builder director) {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Cells cells = new Cells();
    Director watched = director.meterRegistry(registry).dataPlane(context -> cells).build();
    Proxied proxied = new Proxied(watched, registry, cells);
    proxies.add(proxied);
    proxied.director().start();
    return proxied;
  }

  /** Event loops of the test's own. */
  EventLoopGroup group(Wiring wiring) {
    EventLoopGroup group = wiring.transport().newGroup(wiring.loops(), "test");
    groups.add(group);
    return group;
  }

  <T extends AutoCloseable> T keep(T peer) {
    peers.add(peer);
    return peer;
  }

  Socket connect(InetSocketAddress address) throws IOException {
    return connect(address, 0);
  }

  /**
   * A client.
   *
   * @param bufferBytes size of its kernel buffers; 0: the kernel chooses
   */
  Socket connect(InetSocketAddress address, int bufferBytes) throws IOException {
    Socket socket = keep(new Socket());
    if (bufferBytes > 0) {
      socket.setReceiveBufferSize(bufferBytes);
      socket.setSendBufferSize(bufferBytes);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(Sockets.PATIENCE_MILLIS);
    socket.connect(address, Sockets.PATIENCE_MILLIS);
    return socket;
  }

  /** An endpoint that neither accepts nor refuses. */
  String deaf() throws IOException {
    return Sockets.endpoint(deafListener().getLocalPort());
  }

  /** That of an endpoint that neither accepts nor refuses, until this is closed. */
  ServerSocket deafListener() throws IOException {
    ServerSocket listener = keep(new ServerSocket());
    listener.bind(Sockets.loopback(0), 1);
    InetSocketAddress address = Sockets.loopback(listener.getLocalPort());
    // There is room for two: if they are slow, that does not say that it is full.
    for (int i = 0; i < 2; i++) {
      keep(new Socket()).connect(address, Sockets.PATIENCE_MILLIS);
    }
    for (int i = 0; i < 8; i++) {
      Socket filler = keep(new Socket());
      try {
        filler.connect(address, 100);
      } catch (SocketTimeoutException e) {
        return listener;
      }
    }
    throw new IOException("the backlog does not fill");
  }

  static void await(String what, BooleanSupplier condition) {
    await(what, BOUND, condition);
  }

  static void await(String what, Duration bound, BooleanSupplier condition) {
    if (!isTrueWithin(bound, condition)) {
      fail("not within " + bound.toSeconds() + " s: " + what);
    }
  }

  static boolean isTrueWithin(Duration bound, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > bound.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
    return true;
  }

  /** Open sockets, pipes and event descriptors; files, such as jars, come and go by themselves. */
  static Map<String, String> descriptors() {
    File[] all = new File("/proc/self/fd").listFiles();
    Map<String, String> open = new TreeMap<>();
    for (File file : all == null ? new File[0] : all) {
      try {
        String target = Files.readSymbolicLink(file.toPath()).toString();
        if (!target.startsWith("/")) {
          open.put(file.getName(), target);
        }
      } catch (IOException e) {
        // Closed meanwhile: the one that lists the directory, for instance.
      }
    }
    return open;
  }

  /** A director with a TCP proxy, and what it counts. */
  record Proxied(Director director, SimpleMeterRegistry registry, Cells cells) {

    VirtualService service() {
      return director.configuration().services().iterator().next();
    }

    /** Where clients of its first service connect to. */
    InetSocketAddress address() {
      return Sockets.loopback(service().addresses().get(0).endpoint().port());
    }

    /** The sum of all meters of a name, with these tags. */
    double sum(String meter, String... tags) {
      return registry.find(meter).tags(tags).meters().stream()
          .flatMap(m -> StreamSupport.stream(m.measure().spliterator(), false))
          .mapToDouble(Measurement::getValue)
          .sum();
    }

    double clients() {
      return sum("evenkeel.proxy.clients");
    }

    /** Waits until no connection is left; what is wrong then. */
    List<String> awaitIdle() {
      List<String> wrong = new ArrayList<>();
      for (Destination cell : cells.all()) {
        if (!isTrueWithin(BOUND, () -> cell.open() == 0) || cell.doubleReleases() != 0) {
          wrong.add(
              cell
                  + ": active "
                  + cell.active()
                  + ", inactive "
                  + cell.inactive()
                  + ", released twice "
                  + cell.doubleReleases()
                  + " (expected: 0 of each)");
        }
      }
      // With the director its meters go, and their sum would be 0 whatever happened.
      addresses().ifPresent(addresses -> metersAreIdle(addresses, wrong));
      return wrong;
    }

    /** How many TCP addresses there are; empty if the director does not run. */
    private OptionalInt addresses() {
      try {
        return OptionalInt.of(
            (int)
                director.configuration().services().stream()
                    .flatMap(s -> s.addresses().stream())
                    .filter(a -> a.protocol() == Protocol.TCP)
                    .count());
      } catch (IllegalStateException e) {
        return OptionalInt.empty();
      }
    }

    private void metersAreIdle(int addresses, List<String> wrong) {
      int clientMeters = registry.find("evenkeel.proxy.clients").meters().size();
      if (clientMeters != addresses) {
        wrong.add("meters of clients: " + clientMeters + " (expected: " + addresses + ")");
      }
      for (String meter :
          List.of(
              "evenkeel.proxy.clients",
              "evenkeel.connections.active",
              "evenkeel.connections.inactive",
              "evenkeel.released.twice")) {
        if (!isTrueWithin(BOUND, () -> sum(meter) == 0)) {
          wrong.add(meter + ": " + sum(meter) + " (expected: 0)");
        }
      }
    }
  }

  /** The JDK and Netty open a few descriptors once for all. */
  private static void warmUp() {
    for (Transport transport : Transport.values()) {
      if (transport.isAvailable()) {
        ProxyLab lab = new ProxyLab();
        try (TestServer server = TestServer.echo()) {
          Proxied proxied =
              lab.start(new Wiring(transport, 1), TcpProxy.create(), server.endpoint());
          try (Socket client = lab.connect(proxied.address())) {
            Sockets.request(client, new byte[] {1});
          } finally {
            proxied.director().close(Duration.ZERO);
          }
        } catch (IOException e) {
          // Whatever it is, the tests say it better.
        }
      }
    }
  }
}

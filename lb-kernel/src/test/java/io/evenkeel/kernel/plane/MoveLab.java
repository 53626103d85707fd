package io.evenkeel.kernel.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.Director;
import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import io.evenkeel.proxy.TcpProxy;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A service that is moved between proxy and kernel under load, both ways: clients and servers in
 * namespaces of their own, the director between them. Run by {@code IpvsLabIT}.
 */
@Timeout(value = 200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public class MoveLab {
  private static final String VIP = "10.91.0.100";

  /** Those that come and go, more than the parts of mh's table that a server of weight 0 keeps. */
  private static final int VISITORS = 24;

  private static final int CLIENTS = 6;
  private static final ServiceKey KEY = ServiceKey.tcp(VIP + ":80");

  private MoveNetwork network;
  private Ipvs ipvs;

  @BeforeEach
  void setUp() throws Exception {
    network = new MoveNetwork(VIP, VISITORS);
    ipvs = Ipvs.open();
    // With its last service the kernel would not look at packets any more.
    IpvsKey other = new IpvsAddress(IpvsProtocol.TCP, InetAddress.getByName(VIP), 81);
    ipvs.apply(new IpvsChange.AddService(IpvsService.of(other, "rr")));
  }

  @AfterEach
  void tearDown() throws Exception {
    ipvs.apply(new IpvsChange.Flush());
    ipvs.close();
    network.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rr", "sh", "dh", "mh", "mh:mh-fallback", "rr persistent"})
  void move_bothWaysUnderLoad_refusesAndBreaksNothing(String how) throws Exception {
    VirtualService.Builder service =
        VirtualService.builder(KEY)
            .scheduler(how.split(" ", -1)[0])
            .realServer(network.server(0))
            .realServer(network.server(1))
            .realServer(network.server(2));
    boolean isTied = !how.equals("rr");
    if (how.endsWith("persistent")) {
      service.persistent(Duration.ofMinutes(5));
    }
    Path state = Files.createTempDirectory("evenkeel-move");
    MovablePlane plane =
        MovablePlane.between(
            TcpProxy.create(), IpvsPlane.builder(state.resolve("keys")).build(), Carrier.PROXY);
    try (Director director =
            Director.builder().service(service.build()).dataPlane(plane).build().start();
        MoveLoad load = new MoveLoad(network, VIP, VISITORS, CLIENTS)) {
      Map<Integer, String> before = isTied ? load.serverOfEach() : Map.of();
      List<MoveLoad.Talk> proxied = load.talks(2);
      load.awaitProgress();
      assertEquals(0, kernelConnections(), "before the move");

      plane.move(director, KEY, Carrier.KERNEL).get(20, TimeUnit.SECONDS);
      assertEquals(Carrier.KERNEL, plane.carrier(KEY));
      load.awaitProgress();
      // It counts every two seconds.
      load.awaitNone(() -> kernelConnections() == 0);
      assertEquals(before, isTied ? load.serverOfEach() : Map.of(), "each client's server");
      List<MoveLoad.Talk> inKernel = load.talks(2);
      if (how.equals("rr")) {
        // The proxy listens on for those whose handshake it has begun.
        load.awaitNone(MoveLab::isListening);
        load.awaitProgress();
      }
      // The proxy's, and no visitor's any more: the kernel does not know an age.
      load.awaitNone(
          () ->
              director.connections().stream().filter(c -> c.age() != null).count()
                  != proxied.size());

      plane.move(director, KEY, Carrier.PROXY).get(20, TimeUnit.SECONDS);
      assertEquals(Carrier.PROXY, plane.carrier(KEY));
      load.awaitProgress();
      assertEquals(before, isTied ? load.serverOfEach() : Map.of(), "each client's server");
      List<MoveLoad.Talk> passed = load.talks(1);
      load.awaitProgress();
      for (DestinationStatus destination : ipvs.destinations(key())) {
        boolean isProxy = destination.destination().address().equals(InetAddress.getByName(VIP));
        assertEquals(isProxy, destination.destination().weight() > 0, destination.toString());
      }

      // Half way: connections go through the local destination.
      plane.move(director, KEY, Carrier.KERNEL).get(20, TimeUnit.SECONDS);
      load.awaitProgress();
      assertEquals(before, isTied ? load.serverOfEach() : Map.of(), "each client's server");
      plane.move(director, KEY, Carrier.PROXY).get(20, TimeUnit.SECONDS);
      load.awaitProgress();
      assertEquals(before, isTied ? load.serverOfEach() : Map.of(), "each client's server");

      // The kernel keeps the service until its own connections have ended.
      Thread.sleep(1500);
      assertTrue(ipvs.service(key()).isPresent(), "connections of the kernel are open");
      load.end(inKernel);
      load.awaitNone(() -> ipvs.service(key()).isPresent());
      load.awaitProgress();
      List<MoveLoad.Talk> all = new ArrayList<>(proxied);
      all.addAll(passed);
      load.end(all);

      assertEquals(List.of(), load.failures());
      System.out.println("    " + how + ": " + load);
    }
  }

  private static boolean isListening() throws Exception {
    try (Stream<String> sockets = Files.lines(Path.of("/proc/net/tcp"))) {
      return sockets.anyMatch(line -> line.contains(":0050 00000000:0000 0A "));
    }
  }

  private static IpvsKey key() throws Exception {
    return new IpvsAddress(IpvsProtocol.TCP, InetAddress.getByName(VIP), 80);
  }

  private long kernelConnections() throws Exception {
    return ipvs.service(key()).map(found -> found.stats().connections()).orElse(0L);
  }
}

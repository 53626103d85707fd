package io.evenkeel.kernel.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.Director;
import io.evenkeel.EffectiveService;
import io.evenkeel.InvalidConfigurationException;
import io.evenkeel.TemplateChange;
import io.evenkeel.TemplateStatus;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where a service is when a step of its move fails, when it is edited, and when all is closed. */
class MovableDataPlaneTest {
  private static final ServiceKey KEY = ServiceKey.tcp("192.0.2.1:80");
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final FakePlane proxy = new FakePlane();
  private final FakePlane kernel = new FakePlane();
  private final FakeCrossing crossing = new FakeCrossing();
  private final MovableDataPlane plane =
      new MovableDataPlane(proxy, kernel, service -> crossing, Carrier.PROXY);
  private final Director director =
      Director.builder()
          .service(service("rr").build())
          .dataPlane(context -> plane)
          .threads(1)
          .build()
          .start();

  @AfterEach
  void close() {
    director.close(Duration.ZERO);
  }

  private static VirtualService.Builder service(String scheduler) {
    return VirtualService.builder(KEY).scheduler(scheduler).realServer("192.0.2.2:80");
  }

  private void move(Carrier to) throws Exception {
    plane.move(director, KEY, to).get(60, TimeUnit.SECONDS);
  }

  /** The kernel has connections of its own, and passes new ones to the proxy. */
  private void moveHalfWayBack() throws Exception {
    move(Carrier.KERNEL);
    crossing.drained = false;
    move(Carrier.PROXY);
  }

  @Test
  void move_toTheKernel_bothHaveItUntilHandshakesAreOver() throws Exception {
    assertEquals("tcp 192.0.2.1:80: [192.0.2.2:80=1]", proxy.last());
    assertEquals("", kernel.last());
    assertEquals("[tcp 192.0.2.1:80] []", kernel.elsewhere());

    move(Carrier.KERNEL);

    assertEquals(Carrier.KERNEL, plane.carrier(KEY));
    assertEquals("tcp 192.0.2.1:80: [192.0.2.2:80=1]", kernel.last());
    assertEquals(proxy.last(), kernel.last());
    assertEquals("[] []", kernel.elsewhere());
  }

  @Test
  void move_back_passesNewClientsUntilTheKernelIsDrained() throws Exception {
    moveHalfWayBack();

    assertEquals(Carrier.PROXY, plane.carrier(KEY));
    assertEquals("tcp 192.0.2.1:80: [192.0.2.1:80=65535, 192.0.2.2:80=0]", kernel.last());

    crossing.drained = true;
    kernel.await("");
    assertEquals("[tcp 192.0.2.1:80] []", kernel.elsewhere());
    assertEquals(2, crossing.expiries.get(), "steps that take a destination away");
  }

  /** The kernel would keep it, as it has connections, and the move would wait for them. */
  @Test
  void move_toTheKernelHalfWayBack_leavesNothingThroughTheSocket() throws Exception {
    moveHalfWayBack();

    move(Carrier.KERNEL);

    assertEquals("tcp 192.0.2.1:80: [192.0.2.2:80=1]", kernel.last());
    assertEquals("[] [192.0.2.1:80]", kernel.elsewhere());
  }

  /** Its connections run on: those that go through the socket, too. */
  @Test
  void edit_thatRemovesTheServiceHalfWayBack_leavesWhatGoesThroughTheSocket() throws Exception {
    moveHalfWayBack();

    director.edit().remove(KEY).apply();

    assertEquals("", kernel.last());
    assertEquals("[] []", kernel.elsewhere());
  }

  /** What was to come after the move back, soon, does not end the time for handshakes. */
  @Test
  void move_toTheKernelHalfWayBack_keepsTheProxyForHandshakes() throws Exception {
    MovableDataPlane from =
        new MovableDataPlane(proxy, kernel, service -> crossing, Carrier.KERNEL);
    try (Director other =
        Director.builder()
            .service(service("rr").build())
            .dataPlane(context -> from)
            .threads(1)
            .build()
            .start()) {
      assertEquals("", proxy.last());
      crossing.drained = false;
      from.move(other, KEY, Carrier.PROXY).get(60, TimeUnit.SECONDS);
      from.move(other, KEY, Carrier.KERNEL).get(60, TimeUnit.SECONDS);

      // Longer than until the next look at a service that is moved back.
      Thread.sleep(800);
      assertEquals(kernel.last(), proxy.last());
    }
  }

  @Test
  void move_withScheduler_passesByOneThatRefusesNobody() throws Exception {
    assertEquals("rr", passedBy("dh"));
    assertEquals("sh:sh-port,sh-fallback", passedBy("sh:sh-port"));
    assertEquals("wlc", passedBy("wlc"));
    assertEquals("mh:mh-fallback", passedBy("mh"));
    assertEquals("mh:mh-port,mh-fallback", passedBy("mh:mh-port"));
    assertEquals("mh:mh-fallback,mh-port", passedBy("mh:mh-fallback,mh-port"));
  }

  private String passedBy(String scheduler) throws Exception {
    director.edit().put(service(scheduler).build()).apply();
    moveHalfWayBack();
    return kernel.scheduler();
  }

  @Test
  void move_kernelRefuses_staysWithTheProxy() {
    kernel.refuse = new IOException("no");

    ExecutionException e = assertThrows(ExecutionException.class, () -> move(Carrier.KERNEL));

    assertTrue(e.getMessage().contains("no"), e.getMessage());
    assertEquals(Carrier.PROXY, plane.carrier(KEY));
    assertEquals("", kernel.last());
  }

  @Test
  void move_templatesAreNotTaken_goesBackToTheProxy() throws Exception {
    director.edit().put(service("rr").persistent(Duration.ofMinutes(1)).build()).apply();
    crossing.refuse = new IOException("no daemon");

    ExecutionException e = assertThrows(ExecutionException.class, () -> move(Carrier.KERNEL));

    assertTrue(e.getMessage().contains("no daemon"), e.getMessage());
    assertEquals(Carrier.PROXY, plane.carrier(KEY));
    kernel.await("");
  }

  @Test
  void move_settingInTheWay_isSaid() {
    crossing.obstacle = new IOException("sloppy_tcp: 1");

    ExecutionException e = assertThrows(ExecutionException.class, () -> move(Carrier.KERNEL));

    assertTrue(e.getMessage().contains("sloppy_tcp: 1"), e.getMessage());
    assertEquals("", kernel.last());
  }

  @Test
  void edit_thatIsRefused_leavesTheServiceWhereItWas() throws Exception {
    move(Carrier.KERNEL);
    proxy.refuse = new IOException("port in use");

    assertThrows(
        InvalidConfigurationException.class,
        () ->
            director
                .edit()
                .remove(KEY)
                .put(VirtualService.tcp("192.0.2.9:80").realServer("192.0.2.2:80").build())
                .apply());

    kernel.await("tcp 192.0.2.1:80: [192.0.2.2:80=1]");
    assertEquals(Carrier.KERNEL, plane.carrier(KEY));
  }

  @Test
  void edit_thatRemovesTheService_forgetsWhereItWas() throws Exception {
    move(Carrier.KERNEL);

    director.edit().remove(KEY).apply();
    director.edit().put(service("rr").build()).apply();

    assertEquals(Carrier.PROXY, plane.carrier(KEY));
  }

  @Test
  void move_afterTheEnd_isRefusedAndNothingIsCarried() throws Exception {
    director.close(Duration.ZERO);
    String before = kernel.last();
    int applied = kernel.applied();

    CompletableFuture<Void> moved = plane.move(director, KEY, Carrier.KERNEL);

    ExecutionException e =
        assertThrows(ExecutionException.class, () -> moved.get(60, TimeUnit.SECONDS));
    assertInstanceOf(IllegalStateException.class, e.getCause());
    assertEquals(before, kernel.last());
    assertEquals(applied, kernel.applied());
  }

  @Test
  void move_unknownService_saysWhichThereAre() {
    ExecutionException e =
        assertThrows(
            ExecutionException.class,
            () ->
                plane
                    .move(director, ServiceKey.tcp("192.0.2.8:80"), Carrier.KERNEL)
                    .get(60, TimeUnit.SECONDS));

    assertEquals(
        "virtual service: tcp 192.0.2.8:80 (expected: one of [tcp 192.0.2.1:80])",
        e.getCause().getMessage());
  }

  /** Remembers what it was to carry, and refuses once if told to. */
  private static final class FakePlane implements KernelPlane {
    private final List<String> applied = new ArrayList<>();
    private Elsewhere elsewhere = Elsewhere.NOTHING;
    private volatile IOException refuse;
    private String scheduler = "";

    @Override
    public List<String> validate(Collection<VirtualService> services) {
      return List.of();
    }

    @Override
    public CompletionStage<Void> apply(Collection<EffectiveService> services) {
      return apply(services, Elsewhere.NOTHING);
    }

    @Override
    public synchronized CompletionStage<Void> apply(
        Collection<EffectiveService> wanted, Elsewhere others) {
      IOException refusal = refuse;
      if (refusal != null && !wanted.isEmpty()) {
        refuse = null;
        return CompletableFuture.failedFuture(refusal);
      }
      applied.add(String.join("; ", wanted.stream().map(FakePlane::inWords).toList()));
      elsewhere = others;
      wanted.forEach(service -> scheduler = service.service().scheduler());
      return CompletableFuture.completedFuture(null);
    }

    private static String inWords(EffectiveService service) {
      List<String> servers = new ArrayList<>();
      for (int i = 0; i < service.destinations().size(); i++) {
        servers.add(
            service.destinations().get(i).endpoint() + "=" + service.destinations().weight(i));
      }
      return service.service().key() + ": " + servers;
    }

    synchronized String last() {
      return applied.isEmpty() ? "" : applied.get(applied.size() - 1);
    }

    synchronized String scheduler() {
      return scheduler;
    }

    synchronized int applied() {
      return applied.size();
    }

    synchronized String elsewhere() {
      return elsewhere.keys()
          + " "
          + elsewhere.servers().stream().map(Destination::endpoint).toList();
    }

    /** Patient: what comes after a move to the kernel comes ten seconds later. */
    void await(String wanted) throws InterruptedException {
      long start = System.nanoTime();
      while (!last().equals(wanted) && System.nanoTime() - start < PATIENCE_NANOS) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      assertEquals(wanted, last());
    }

    @Override
    public CompletionStage<Integer> close(Duration grace) {
      return CompletableFuture.completedFuture(0);
    }
  }

  /** A kernel that is what the test says. */
  private static final class FakeCrossing implements Crossing {
    private volatile IOException obstacle;
    private volatile IOException refuse;
    private volatile boolean drained = true;
    private final AtomicInteger expiries = new AtomicInteger();

    @Override
    public void check() throws IOException {
      if (obstacle != null) {
        throw obstacle;
      }
    }

    @Override
    public List<TemplateChange> templates() {
      return List.of();
    }

    @Override
    public int inject(List<TemplateStatus> templates) throws IOException {
      if (refuse != null) {
        throw refuse;
      }
      return 0;
    }

    @Override
    public boolean isDrained() {
      return drained;
    }

    @Override
    public void expiring(Step step) throws IOException {
      expiries.incrementAndGet();
      step.run();
    }

    @Override
    public void close() {}
  }
}

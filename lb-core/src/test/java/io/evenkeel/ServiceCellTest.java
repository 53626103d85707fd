package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.evenkeel.health.ServerHealth;
import io.evenkeel.health.ServerState;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Outcome;
import io.evenkeel.schedule.Schedulers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** More clients than templates: what is said of it. */
class ServiceCellTest {
  private static final Endpoint SERVER = DirectorKit.A;
  private static final InetSocketAddress ADDRESS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 81);
  private static final int MAX = 5;
  private static final PersistenceSpec SPEC = PersistenceSpec.perClient().maxTemplates(MAX);

  private final Logger logger = (Logger) LoggerFactory.getLogger(Director.class);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ServiceCell cell =
      new ServiceCell(
          service(SPEC), Schedulers.roundRobin(), null, suspended -> {}, System::nanoTime);

  @BeforeEach
  void listen() {
    logged.start();
    logger.addAppender(logged);
    publish(SPEC);
  }

  @AfterEach
  void listenNoMore() {
    logger.detachAppender(logged);
  }

  private static VirtualService service(@Nullable PersistenceSpec spec) {
    return VirtualService.builder(DirectorKit.V)
        .realServer(SERVER.toString())
        .build()
        .withPersistence(spec);
  }

  private void publish(@Nullable PersistenceSpec spec) {
    VirtualService service = service(spec);
    Endpoint virtual = service.addresses().get(0).endpoint();
    ServiceCell.State next =
        cell.next(
            service,
            Schedulers.roundRobin(),
            Map.of(SERVER, ADDRESS, virtual, ADDRESS),
            server ->
                new ServerHealth(ServerState.UP, "fine", server.weight(), server.admin(), false));
    cell.publish(next, cell.selectorFor(next));
  }

  private void connect(int from, int to) {
    for (int i = from; i < to; i++) {
      InetSocketAddress client = new InetSocketAddress("10.0.0." + i, 4711);
      cell.dispatcher().dispatch(client).orElseThrow().release(Outcome.SUCCESS);
    }
  }

  private List<String> sweep() {
    logged.list.clear();
    cell.sweep(System.nanoTime());
    logged.list.forEach(event -> assertEquals(Level.WARN, event.getLevel()));
    return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private double metered() {
    new DirectorMeters(registry).add(cell, Objects.requireNonNull(cell.templates()));
    return registry
        .get("evenkeel.templates.evicted")
        .tag("service", DirectorKit.V.toString())
        .functionCounter()
        .count();
  }

  private static String line(int forgotten) {
    return "tcp 127.0.0.1:80: more clients than templates, "
        + forgotten
        + " were forgotten and may get another server:"
        + " allow more (maxTemplates), or a shorter timeout";
  }

  @Test
  void sweep_asManyClientsAsTemplates_saysNothing() {
    connect(0, MAX);

    assertEquals(List.of(), sweep());
    assertEquals(0, metered());
  }

  @Test
  void sweep_moreClientsThanTemplates_saysHowManyWereForgottenSinceTheLast() {
    connect(0, MAX + 7);
    assertEquals(List.of(line(7)), sweep());
    assertEquals(7, metered());
    assertEquals(MAX, cell.dispatcher().templates().size());
    assertEquals(List.of(), sweep());

    connect(100, 102);
    assertEquals(List.of(line(2)), sweep());
    assertEquals(9, metered());
  }

  @Test
  void sweep_persistenceOffAndOn_countsAnew() {
    connect(0, MAX + 7);
    sweep();
    publish(null);
    assertEquals(List.of(), sweep());

    publish(SPEC);
    connect(0, MAX + 1);
    assertEquals(List.of(line(1)), sweep());
  }
}

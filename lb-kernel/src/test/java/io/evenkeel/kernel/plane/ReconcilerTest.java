package io.evenkeel.kernel.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ReconcilerTest {
  private static final IpvsKey WEB = Tables.tcp("10.0.0.1", 80);
  private static final Map<IpvsKey, Listing> CHANGED =
      Map.of(WEB, new Listing(IpvsService.of(WEB, "lc"), List.of(Tables.server("10.0.0.2", 1))));

  @TempDir private Path directory;
  private final FakeKernel kernel = new FakeKernel();
  private final List<String> told = new ArrayList<>();
  private int mended;

  private Reconciler reconciler() throws IOException {
    return new Reconciler(
        IpvsPlane.builder(directory.resolve("state")).build(),
        kernel,
        new Counts(new SimpleMeterRegistry()),
        (service, text) -> told.add(text),
        () -> mended++);
  }

  private final Recorder recorder =
      Recorder.of(
          VirtualService.tcp("10.0.0.1:80").scheduler("rr").realServer("10.0.0.2:8080").build());

  private void reconcile(Reconciler reconciler) throws IOException {
    reconciler.reconcile(recorder.services, Set.of(), Elsewhere.NOTHING);
  }

  @Test
  void reconcile_serverIsCarriedElsewhere_goesAtOnceWithWhatIsOpen() throws Exception {
    Recorder both =
        Recorder.of(
            VirtualService.tcp("10.0.0.1:80")
                .scheduler("rr")
                .realServer("10.0.0.2:8080")
                .realServer("10.0.0.3:8080")
                .build());
    Destination leaving = both.services.get(0).destinations().get(0);
    kernel.active = 1;
    Reconciler reconciler = reconciler();
    reconciler.reconcile(both.services, Set.of(), Elsewhere.NOTHING);

    reconcile(reconciler);
    assertEquals(List.of(0, 1), weights());
    reconciler.reconcile(recorder.services, Set.of(), new Elsewhere(Set.of(), Set.of(leaving)));
    assertEquals(List.of(1), weights());
  }

  private List<Integer> weights() {
    return Objects.requireNonNull(kernel.table.get(WEB)).destinations().stream()
        .map(IpvsDestination::weight)
        .toList();
  }

  @Test
  void reconcile_refused_tellsOfOthersOnceItIsMended() throws Exception {
    Reconciler reconciler = reconciler();
    reconcile(reconciler);
    kernel.table = CHANGED;
    kernel.refuses = true;
    assertThrows(IOException.class, () -> reconcile(reconciler));
    assertThrows(IOException.class, () -> reconcile(reconciler));
    assertEquals(List.of(), told);
    assertEquals(0, mended);

    kernel.refuses = false;
    reconcile(reconciler);
    reconcile(reconciler);
    assertEquals(
        List.of("tcp 10.0.0.1:80: was changed by somebody else, it was lc (expected: rr); mended"),
        told);
    assertEquals(1, mended);
  }

  @Test
  void reconcile_refused_tellsOfTakingOverOnceItHas() throws Exception {
    Reconciler reconciler = reconciler();
    kernel.table = CHANGED;
    kernel.refuses = true;
    assertThrows(IOException.class, () -> reconcile(reconciler));
    assertThrows(IOException.class, () -> reconcile(reconciler));
    assertEquals(List.of(), told);

    kernel.refuses = false;
    reconcile(reconciler);
    reconcile(reconciler);
    assertEquals(List.of("tcp 10.0.0.1:80: was there already, and is taken over"), told);
    assertEquals(0, mended);
  }

  @Test
  void reconcile_refusedAfterAStart_saysOnceThatItGoesOn() throws Exception {
    reconcile(reconciler());
    Logger logger = (Logger) LoggerFactory.getLogger(IpvsPlane.class);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    Level before = logger.getLevel();
    logger.setLevel(Level.INFO);
    logger.addAppender(said);
    try {
      Reconciler next = reconciler();
      kernel.reading =
          () -> {
            throw new IOException("not yet");
          };
      assertThrows(IOException.class, () -> reconcile(next));
      kernel.reading = () -> {};
      kernel.table = CHANGED;
      kernel.refuses = true;
      assertThrows(IOException.class, () -> reconcile(next));
      assertThrows(IOException.class, () -> reconcile(next));
      kernel.refuses = false;
      reconcile(next);
    } finally {
      logger.detachAppender(said);
      logger.setLevel(before);
    }

    assertEquals(
        List.of("tcp 10.0.0.1:80: goes on in the kernel as it was left"),
        said.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
  }
}

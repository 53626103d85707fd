package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Outcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Templates told by one director and accepted by another. */
class DirectorTemplatesTest extends DirectorKit {
  private static final PersistenceSpec SPEC = PersistenceSpec.perClient();
  private static final Duration TIMEOUT = SPEC.timeout();
  private static final InetAddress ADDRESS = CLIENT.getAddress();

  @TempDir private Path directory;

  private final Told told = new Told();

  /** A listener that remembers. */
  private static class Told implements TemplateListener {
    final List<TemplateChange> changes = new ArrayList<>();

    @Override
    public synchronized void onChanges(List<TemplateChange> some) {
      changes.addAll(some);
    }

    synchronized List<TemplateChange> changes() {
      return List.copyOf(changes);
    }

    void await(int count) throws InterruptedException {
      Await.until(count + " changes", () -> changes().size() >= count);
    }
  }

  private static VirtualService.Builder persistent() {
    return ab().persistent(SPEC);
  }

  private Director telling(TemplateListener listener) {
    return closing(builder(persistent().build()).templateListener(listener).build()).start();
  }

  private static TemplateChange change(ServiceKey service, InetAddress client, Endpoint server) {
    return new TemplateChange(service, client, server, TIMEOUT, TIMEOUT);
  }

  @Test
  void dispatch_newClient_isToldToTheListener() throws Exception {
    Director director = telling(told);
    next(director);
    next(director);
    told.await(1);
    director.close();

    TemplateChange only = told.changes().get(0);
    assertEquals(1, told.changes().size());
    assertEquals(V, only.service());
    assertEquals(ADDRESS, only.client());
    assertEquals(B, only.server());
    assertEquals(TIMEOUT, only.timeout());
    assertTrue(only.timeLeft().compareTo(TIMEOUT) <= 0);
    assertTrue(only.timeLeft().compareTo(TIMEOUT.dividedBy(2)) > 0);
  }

  @Test
  void close_changesWaiting_areTold() throws Exception {
    // Closing ends when all are told, and does not wait for this.
    Duration tooLong = Duration.ofHours(1);
    Director director =
        closing(
                builder(persistent().build())
                    .listenerTimeout(tooLong)
                    .templateListener(told)
                    .build())
            .start();
    Dispatcher dispatcher = director.dispatcher(V);
    int clients = 2 * TemplateChanges.BATCH + 1;
    for (int i = 0; i < clients; i++) {
      InetSocketAddress client = new InetSocketAddress("10.0." + i / 250 + "." + i % 250, 4711);
      dispatcher.dispatch(client).orElseThrow().release(Outcome.SUCCESS);
    }

    async(() -> director.close(Duration.ZERO)).get(60, TimeUnit.SECONDS);

    assertEquals(clients, told.changes().size());
  }

  @Test
  void listener_thrownOrStuck_isToldTheNextOnes() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    int[] calls = new int[1];
    Director director =
        closing(
                builder(persistent().build())
                    // Long enough for a call that is not stuck to end on a busy machine.
                    .listenerTimeout(Duration.ofSeconds(3))
                    .templateListener(
                        changes -> {
                          told.onChanges(changes);
                          int call = ++calls[0];
                          if (call == 1) {
                            throw new IllegalStateException("on purpose");
                          }
                          if (call > 2) {
                            return;
                          }
                          try {
                            never.await();
                          } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                          }
                        })
                    .build())
            .start();
    for (int i = 1; i <= 3; i++) {
      InetSocketAddress client = new InetSocketAddress("10.0.0." + i, 4711);
      director.dispatcher(V).dispatch(client).orElseThrow().release(Outcome.SUCCESS);
      told.await(i);
    }
  }

  @Test
  void accept_toldByAnotherNode_sendsTheClientToTheSameServer() throws Exception {
    Director one = telling(told);
    Director two = started(persistent().build());
    assertEquals(B, next(two.dispatcher(V), "10.0.0.1"));
    assertEquals(B, next(one));
    told.await(1);

    assertEquals(Acceptance.ACCEPTED, two.accept(told.changes().get(0)));

    assertEquals(B, next(two));
    assertEquals(B, next(two));
    assertEquals(1, two.dispatcher(V).templates().stream().filter(this::isClient).count());
  }

  private boolean isClient(TemplateStatus template) {
    return template.client().equals(ADDRESS);
  }

  private static Endpoint next(Dispatcher dispatcher, String client) {
    Assignment assignment = dispatcher.dispatch(new InetSocketAddress(client, 4711)).orElseThrow();
    assignment.release(Outcome.SUCCESS);
    return assignment.destination().endpoint();
  }

  @Test
  void accept_whatItCannotUse_isIgnoredAndCounted() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Director director =
        closing(
                builder(
                        persistent().persistent(SPEC.prefixes(24, 64)).build(),
                        VirtualService.builder(W).realServer(A.toString()).build())
                    .meterRegistry(registry)
                    .build())
            .start();
    InetAddress first = InetAddress.getByName("127.0.0.0");
    InetAddress second = InetAddress.getByName("127.0.1.0");

    assertEquals(
        Acceptance.UNKNOWN_SERVICE, director.accept(change(ServiceKey.tcp("[::1]:1"), first, A)));
    assertEquals(Acceptance.NOT_PERSISTENT, director.accept(change(W, first, A)));
    assertEquals(Acceptance.UNKNOWN_SERVER, director.accept(change(V, first, C)));
    assertEquals(Acceptance.OTHER_PREFIX, director.accept(change(V, ADDRESS, A)));
    assertEquals(List.of(), director.dispatcher(V).templates());
    assertEquals(Acceptance.ACCEPTED, director.accept(change(V, second, A)));
    final Assignment open = dispatched(director);
    assertEquals(Acceptance.KEPT, director.accept(change(V, first, A)));

    assertSame(open.destination(), dispatched(director).destination());
    for (String result : List.of("accepted", "kept", "unknown_server", "other_prefix")) {
      assertEquals(1, received(registry, result), result);
    }
    assertEquals(0, received(registry, "expired"));
  }

  private static double received(SimpleMeterRegistry registry, String result) {
    return registry
        .get("evenkeel.templates.received")
        .tag("service", V.toString())
        .tag("result", result)
        .functionCounter()
        .count();
  }

  @Test
  void restore_afterARestart_sendsClientsToTheSameServers() throws Exception {
    Path file = directory.resolve("templates");
    Director before = started(persistent().realServer(C.toString()).build());
    assertEquals(C, next(before.dispatcher(V), "10.0.0.1"));
    assertEquals(B, next(before.dispatcher(V), "10.0.0.2"));
    assertEquals(A, next(before.dispatcher(V), "10.0.0.3"));
    assertEquals(3, before.saveTemplates(file));
    before.close();

    Director after = started(persistent().build());
    Dispatcher dispatcher = after.dispatcher(V);
    assertEquals(
        Map.of(Acceptance.ACCEPTED, 2, Acceptance.UNKNOWN_SERVER, 1), after.restoreTemplates(file));

    assertEquals(A, next(dispatcher, "10.0.0.3"));
    assertEquals(B, next(dispatcher, "10.0.0.2"));
    for (TemplateStatus template : dispatcher.templates()) {
      assertTrue(template.timeLeft().compareTo(TIMEOUT) <= 0);
      assertTrue(template.timeLeft().compareTo(TIMEOUT.dividedBy(2)) > 0);
    }
  }

  @Test
  void restore_oldFile_countsTheTimeInBetween() throws Exception {
    Path file = directory.resolve("templates");
    long timeout = TIMEOUT.toNanos();
    TemplateFileWriter.write(
        file,
        System.currentTimeMillis() - TIMEOUT.dividedBy(2).toMillis(),
        writer -> {
          writer.service(V);
          writer.template(ADDRESS, A, timeout, timeout / 4);
          writer.template(new InetSocketAddress("10.0.0.1", 1).getAddress(), A, timeout, timeout);
          writer.service(ServiceKey.tcp("[::1]:1"));
          writer.template(ADDRESS, A, timeout, timeout);
        });
    Director director = started(persistent().build());

    assertEquals(
        Map.of(Acceptance.ACCEPTED, 1, Acceptance.EXPIRED, 1, Acceptance.UNKNOWN_SERVICE, 1),
        director.restoreTemplates(file));

    TemplateStatus only = director.dispatcher(V).templates().get(0);
    assertTrue(only.timeLeft().compareTo(TIMEOUT.dividedBy(2)) <= 0, only.toString());
    assertTrue(only.timeLeft().compareTo(TIMEOUT.dividedBy(4)) > 0, only.toString());
  }

  @Test
  void restore_truncatedFile_startsEmpty() throws Exception {
    Path file = directory.resolve("templates");
    Director before = started(persistent().build());
    next(before);
    before.saveTemplates(file);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    Director after = started(persistent().build());

    IOException refused = assertThrows(IOException.class, () -> after.restoreTemplates(file));

    assertTrue(refused.getMessage().contains("truncated"), refused.getMessage());
    assertEquals(List.of(), after.dispatcher(V).templates());
  }

  @Test
  void restore_clientServedMeanwhile_keepsItsServer() throws Exception {
    Path file = directory.resolve("templates");
    long timeout = TIMEOUT.toNanos();
    TemplateFileWriter.write(
        file,
        System.currentTimeMillis() - TIMEOUT.dividedBy(2).toMillis(),
        writer -> {
          writer.service(V);
          writer.template(ADDRESS, B, timeout, timeout);
        });
    Director after = started(persistent().build());
    assertEquals(B, next(after.dispatcher(V), "10.0.0.1"));
    assertEquals(A, next(after));

    assertEquals(Map.of(Acceptance.KEPT, 1), after.restoreTemplates(file));

    assertEquals(A, next(after));
  }

  @Test
  void save_serviceNotPersistent_isLeftOut() throws Exception {
    Director director = started(ab().build());
    next(director);

    assertEquals(0, director.saveTemplates(directory.resolve("templates")));
  }

  @Test
  void accept_notRunning_throws() {
    Director director = closing(builder(persistent().build()).build());

    assertThrows(IllegalStateException.class, () -> director.accept(change(V, ADDRESS, A)));
  }

  @ParameterizedTest
  @CsvSource({"PT0S, PT1S", "PT1S, PT0S", "PT-1S, PT1S", "P31DT1S, PT1S", "PT1S, P31DT1S"})
  void change_timesOutOfRange_areRefused(Duration timeout, Duration left) {
    assertThrows(
        IllegalArgumentException.class, () -> new TemplateChange(V, ADDRESS, A, timeout, left));
  }
}

package io.evenkeel.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Outcome;
import io.evenkeel.pool.TwoThreads;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ChangesTest {
  private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(300);
  private static final long QUARTER = TIMEOUT / 4;
  private static final long MINUTE = TimeUnit.SECONDS.toNanos(60);
  private static final PersistenceSpec SPEC = PersistenceSpec.perClient();

  private final Changes changes = new Changes(10);
  private final Service service = new Service(SPEC, changes);
  private final Destination first = Service.cell("a:1");
  private final Destination other = Service.cell("b:1");

  /** What waits to be told, as "client server timeout left". */
  private List<String> told() {
    List<String> lines = new ArrayList<>();
    while (changes.take(
        service.now(),
        (client, template, left) ->
            lines.add(
                String.join(
                    " ",
                    client.getHostAddress(),
                    template.destination().endpoint().toString(),
                    Long.toString(template.timeoutNanos()),
                    Long.toString(left))))) {}
    return lines;
  }

  private static String line(String client, long timeout, long left) {
    return client + " a:1 " + timeout + " " + left;
  }

  @Test
  void tie_newClients_areToldInOrder() {
    Service grouped = new Service(SPEC.prefixes(24, 64), changes);
    grouped.touch("192.0.2.7", first);
    grouped.at(1);
    grouped.touch("2001:db8::7", first);
    service.at(1);

    assertEquals(
        List.of(
            line("192.0.2.0", TIMEOUT, TIMEOUT - 1),
            line("2001:db8:0:0:0:0:0:0", TIMEOUT, TIMEOUT)),
        told());
    assertEquals(List.of(), told());
  }

  @Test
  void hit_beforeAQuarterOfTheTimeout_isNotTold() {
    service.touch("192.0.2.1", first);
    told();
    service.at(QUARTER - 1);
    service.touch("192.0.2.1", first);
    assertEquals(List.of(), told());

    service.at(QUARTER);
    service.touch("192.0.2.1", first);
    assertEquals(List.of(line("192.0.2.1", TIMEOUT, TIMEOUT)), told());

    service.at(2 * QUARTER - 1);
    service.touch("192.0.2.1", first);
    assertEquals(List.of(), told());
  }

  @Test
  void hit_whileItWaits_isToldOnceAsItIsThen() {
    for (int i = 0; i < 4; i++) {
      service.at(i * QUARTER);
      service.touch("192.0.2.1", first);
    }
    service.at(3 * QUARTER + 5);

    assertEquals(List.of(line("192.0.2.1", TIMEOUT, TIMEOUT - 5)), told());
  }

  @Test
  void take_forgottenOrExpired_isNotTold() {
    service.touch("192.0.2.1", first);
    service.touch("192.0.2.2", first);
    first.weight(-1);
    service.touch("192.0.2.1", other);
    first.weight(1);
    assertEquals(
        List.of(line("192.0.2.2", TIMEOUT, TIMEOUT), "192.0.2.1 b:1 " + TIMEOUT + " " + TIMEOUT),
        told());

    service.touch("192.0.2.3", first);
    service.at(TIMEOUT);
    assertEquals(List.of(), told());
  }

  @Test
  void sweep_heldBeyondItsTime_isToldAsOftenAsItsTimerFires() {
    Assignment open = service.connect("192.0.2.1", first);
    told();
    service.at(TIMEOUT + 10);
    service.templates.sweep(service.now());
    assertEquals(List.of(), told(), "not out of the cache yet");

    service.at(TIMEOUT + MINUTE / 2);
    service.templates.sweep(service.now());
    assertEquals(List.of(line("192.0.2.1", TIMEOUT, MINUTE / 2)), told());
    service.at(TIMEOUT + MINUTE - 1);
    service.templates.sweep(service.now());
    assertEquals(List.of(), told());
    service.at(TIMEOUT + MINUTE + 1);
    service.templates.sweep(service.now());
    assertEquals(List.of(line("192.0.2.1", TIMEOUT, MINUTE - 1)), told());
    open.release(Outcome.SUCCESS);

    // Its timer has fired: a minute is what a connection adds.
    service.touch("192.0.2.1", first);
    assertEquals(List.of(), told());
    service.at(TIMEOUT + MINUTE + 1 + MINUTE / 4);
    service.touch("192.0.2.1", first);
    assertEquals(List.of(line("192.0.2.1", MINUTE, MINUTE)), told());
  }

  @Test
  void tie_tooManyWait_areCountedAndLost() {
    for (int i = 0; i < 12; i++) {
      service.touch("192.0.2." + i, first);
    }
    assertEquals(2, changes.lost());
    assertEquals(10, told().size());

    service.at(QUARTER);
    service.touch("192.0.2.11", first);
    assertEquals(List.of(line("192.0.2.11", TIMEOUT, TIMEOUT)), told());
    assertEquals(2, changes.lost());
  }

  @Test
  void accept_any_isNotToldUntilAConnectionRenewsIt() throws Exception {
    InetAddress client = InetAddress.getByName("192.0.2.1");
    assertTrue(service.templates.accept(client, first, TIMEOUT, TIMEOUT / 2, service.now()));
    assertEquals(List.of(), told());

    service.at(QUARTER);
    service.touch("192.0.2.1", other);

    assertEquals(List.of(line("192.0.2.1", TIMEOUT, TIMEOUT)), told());
  }

  /** Two threads come again and again while a third one takes: the last word is always told. */
  @Test
  void take_whileTwoThreadsConnect_losesNoTemplate() throws Exception {
    int clients = 50_000;
    Changes many = new Changes(Integer.MAX_VALUE);
    Templates templates = new Templates(SPEC, service::now, many);
    Set<String> seen = new HashSet<>();
    AtomicBoolean stop = new AtomicBoolean();
    Thread taking =
        new Thread(
            () -> {
              while (!stop.get()) {
                take(many, seen);
              }
            });
    taking.start();
    TwoThreads.run(() -> ties(templates, clients), () -> ties(templates, clients));
    stop.set(true);
    taking.join();
    take(many, seen);

    assertEquals(clients, seen.size());
    assertEquals(clients, first.templates());
  }

  private void take(Changes many, Set<String> seen) {
    while (many.take(
        service.now(), (client, template, left) -> seen.add(client.getHostAddress()))) {}
  }

  private Void ties(Templates templates, int clients) {
    for (int i = 0; i < clients; i++) {
      templates.tie(TemplatesRaceTest.flow(i), first, service.now()).released();
    }
    return null;
  }
}

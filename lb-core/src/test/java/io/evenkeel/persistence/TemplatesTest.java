package io.evenkeel.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Outcome;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplatesTest {
  private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(300);
  private static final long MINUTE = TimeUnit.SECONDS.toNanos(60);
  private static final String CLIENT = "192.0.2.1";
  private static final PersistenceSpec SPEC = PersistenceSpec.perClient();

  private final Service service = new Service(SPEC);
  private final Destination first = Service.cell("a:1");
  private final Destination other = Service.cell("b:1");

  @Test
  void connect_knownClient_goesToTheServerThatItHad() {
    assertSame(first, service.touch(CLIENT, first));
    service.at(TIMEOUT - 1);
    assertSame(first, service.touch(CLIENT, other));
    service.at(2 * TIMEOUT - 2);
    assertSame(first, service.touch(CLIENT, other));

    assertEquals(2, service.templates.hits());
    assertEquals(1, service.templates.misses());
    assertEquals(1, first.templates());
    assertEquals(0, other.templates());
  }

  @ParameterizedTest
  @CsvSource({"0", "1"})
  void connect_timeoutOrLater_isScheduledAnew(long late) {
    service.touch(CLIENT, first);
    service.at(TIMEOUT + late);

    assertSame(other, service.touch(CLIENT, other));

    assertEquals(0, first.templates());
    assertEquals(1, other.templates());
    assertEquals(2, service.templates.misses());
  }

  @Test
  void connect_otherClient_isScheduledByItself() {
    service.touch(CLIENT, first);

    assertSame(other, service.touch("192.0.2.2", other));
    assertSame(other, service.touch("::192.0.2.1", other));
    assertSame(other, service.touch("::1:192.0.2.1", other));
  }

  @ParameterizedTest
  @CsvSource({
    "24, 192.0.2.1,       192.0.2.255,    192.0.3.1",
    "31, 192.0.2.2,       192.0.2.3,      192.0.2.1",
    "1,  128.0.0.0,       255.255.255.255, 127.255.255.255",
    "0,  0.0.0.1,         255.255.255.255, 2001:db8::1",
  })
  void connect_ipv4Prefix_groupsClients(int prefix, String one, String same, String different) {
    Service grouped = new Service(SPEC.prefixes(prefix, 128));
    grouped.touch(one, first);

    assertSame(first, grouped.touch(same, other));
    assertSame(other, grouped.touch(different, other));
  }

  @ParameterizedTest
  @CsvSource({
    "128, 2001:db8::1,     2001:db8::1,     2001:db8::2",
    "127, 2001:db8::2,     2001:db8::3,     2001:db8::1",
    "65,  2001:db8::1,     2001:db8::7fff:ffff:ffff:ffff, 2001:db8::8000:0:0:1",
    "64,  2001:db8:0:1::1, 2001:db8:0:1:ffff::2, 2001:db8:0:2::1",
    "63,  2001:db8:0:2::1, 2001:db8:0:3::1, 2001:db8:0:1::1",
    "1,   8000::1,         ffff::1,         7fff::1",
    "0,   2001:db8::1,     fe80::1,         192.0.2.1",
  })
  void connect_ipv6Prefix_groupsClients(int prefix, String one, String same, String different) {
    Service grouped = new Service(SPEC.prefixes(32, prefix));
    grouped.touch(one, first);

    assertSame(first, grouped.touch(same, other));
    assertSame(other, grouped.touch(different, other));
  }

  @Test
  void connect_serverOverloaded_isUsed() {
    first.thresholds(1, 0);
    service.connect(CLIENT, first);
    assertTrue(first.isOverloaded());

    assertSame(first, service.touch(CLIENT, other));
  }

  @Test
  void connect_serverQuiesced_isUsed() {
    service.touch(CLIENT, first);
    first.weight(0);

    assertSame(first, service.touch(CLIENT, other));
  }

  @Test
  void connect_serverQuiescedAndExpiring_isReplaced() {
    Service expiring = new Service(SPEC.expireQuiescent(true));
    expiring.touch(CLIENT, first);
    first.weight(0);

    assertSame(other, expiring.touch(CLIENT, other));
    first.weight(1);
    assertSame(other, expiring.touch(CLIENT, first));
  }

  @Test
  void connect_serverGone_isReplacedForGood() {
    Assignment open = service.connect(CLIENT, first);
    first.weight(-1);

    assertSame(other, service.touch(CLIENT, other));
    first.weight(1);
    assertSame(other, service.touch(CLIENT, first));
    assertEquals(0, first.templates());

    open.release(Outcome.SUCCESS);
    assertEquals(0, first.templates());
    assertSame(other, service.touch(CLIENT, first));
  }

  @Test
  void connect_serverGoneAndNoOther_forgetsTheTemplate() {
    service.touch(CLIENT, first);
    first.weight(-1);
    assertNull(service.find(CLIENT));
    first.weight(1);

    assertSame(other, service.touch(CLIENT, other));
  }

  @Test
  void connect_serverBackBeforeAnybodyCame_isUsed() {
    service.touch(CLIENT, first);
    first.weight(-1);
    first.weight(1);

    assertSame(first, service.touch(CLIENT, other));
  }

  @Test
  void connect_serverSuspended_isReplaced() {
    Assignment failed = service.connect(CLIENT, first);
    failed.release(Outcome.CONNECT_FAILED);

    assertSame(other, service.touch(CLIENT, other));
    first.suspend(false);
    assertSame(other, service.touch(CLIENT, first));
  }

  @Test
  void connect_serverEjected_isReplaced() {
    service.touch(CLIENT, first);
    first.eject(true);

    assertSame(other, service.touch(CLIENT, other));
  }

  @Test
  void connect_whileAnotherLives_isNeverExpired() {
    Assignment open = service.connect(CLIENT, first);
    for (int i = 1; i <= 100; i++) {
      service.at(i * TIMEOUT);
      service.templates.sweep(service.now());
      assertSame(first, service.touch(CLIENT, other), "at timeout " + i);
    }
    assertEquals(1, first.templates());

    service.at(101 * TIMEOUT);
    open.release(Outcome.SUCCESS);
    // Restarted by the last connection with 60 s, and fired every minute since.
    service.at(101 * TIMEOUT);
    assertSame(other, service.touch(CLIENT, other));
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void release_longAfterTheTimeout_expiresAtTheNextMinute(boolean swept) {
    Assignment open = service.connect(CLIENT, first);
    service.at(TIMEOUT + 5 * MINUTE + 1);
    if (swept) {
      service.templates.sweep(service.now());
    }
    open.release(Outcome.SUCCESS);
    service.at(TIMEOUT + 6 * MINUTE - 1);
    if (swept) {
      service.templates.sweep(service.now());
    }
    assertTrue(service.has(CLIENT));

    // That was a connection: a minute from there.
    service.at(TIMEOUT + 7 * MINUTE - 1);
    assertSame(other, service.touch(CLIENT, other));
    assertEquals(0, first.templates());
  }

  @Test
  void sweep_heldBeyondItsTimeAndReleased_forgetsIt() {
    Assignment open = service.connect(CLIENT, first);
    service.at(TIMEOUT + MINUTE);
    service.templates.sweep(service.now());
    open.release(Outcome.SUCCESS);
    assertEquals(1, first.templates());

    service.templates.sweep(service.now());

    assertEquals(0, first.templates());
    assertEquals(0, service.templates.evictions());
  }

  @Test
  void sweep_expired_forgetsThem() {
    for (int i = 0; i < 1000; i++) {
      service.touch("10.0.0." + i % 250, first);
    }
    assertEquals(250, first.templates());

    // The cache's time may lag, and goes in steps of about a second.
    service.at(TIMEOUT + TimeUnit.SECONDS.toNanos(7));
    service.templates.sweep(service.now());

    assertEquals(0, first.templates());
    assertEquals(0, service.templates.evictions());
  }

  @Test
  void connect_tooManyClients_forgetsSomeAndCountsThem() {
    Service small = new Service(SPEC.maxTemplates(10));
    for (int i = 0; i < 100; i++) {
      small.touch("10.0.0." + i, first);
    }
    small.templates.sweep(small.now());

    assertEquals(10, first.templates());
    assertEquals(90, small.templates.evictions());
  }

  @Test
  void evicted_whileHeld_releasesQuietly() {
    Service small = new Service(SPEC.maxTemplates(1));
    List<Assignment> open = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      open.add(small.connect("10.0.0." + i, first));
    }
    open.forEach(assignment -> assignment.release(Outcome.SUCCESS));
    small.templates.sweep(small.now());

    assertEquals(1, first.templates());
    assertEquals(0, first.open());
    assertEquals(0, first.doubleReleases());
  }

  @Test
  void heldBeyondTheirTime_tooMany_areCountedAsEvicted() {
    Service small = new Service(SPEC.maxTemplates(1));
    small.connect("10.0.0.1", first);
    small.at(TIMEOUT + TimeUnit.SECONDS.toNanos(3));
    small.templates.sweep(small.now());
    small.connect("10.0.0.2", first);
    small.at(2 * (TIMEOUT + TimeUnit.SECONDS.toNanos(3)));
    small.templates.sweep(small.now());

    assertEquals(1, first.templates());
    assertEquals(1, small.templates.evictions());
  }

  private List<String> listed(Service from) {
    List<String> lines = new ArrayList<>();
    from.templates.forEach(
        from.now(),
        (client, template, left) ->
            lines.add(
                client.getHostAddress()
                    + " "
                    + template.destination().endpoint()
                    + " "
                    + template.connections()
                    + " "
                    + left));
    Collections.sort(lines);
    return lines;
  }

  @Test
  void forEach_any_showsWhoHasWhatForHowLong() {
    Service grouped = new Service(SPEC.prefixes(24, 64));
    Assignment open = grouped.connect("192.0.2.7", first);
    grouped.at(1);
    grouped.touch("2001:db8::7", other);
    grouped.at(TIMEOUT);

    assertEquals(List.of("192.0.2.0 a:1 1 0", "2001:db8:0:0:0:0:0:0 b:1 0 1"), listed(grouped));

    // The first one is parked by now, the second one gone.
    grouped.at(TIMEOUT + 1);
    grouped.templates.sweep(grouped.now());
    assertEquals(List.of("192.0.2.0 a:1 1 " + (MINUTE - 1)), listed(grouped));
    grouped.at(TIMEOUT + 10 * MINUTE + 3);
    assertEquals(List.of("192.0.2.0 a:1 1 " + (MINUTE - 3)), listed(grouped));
    open.release(Outcome.SUCCESS);
    assertEquals(List.of("192.0.2.0 a:1 0 " + (MINUTE - 3)), listed(grouped));
    grouped.at(TIMEOUT + 11 * MINUTE);
    assertEquals(List.of(), listed(grouped));
  }

  @Test
  void forEach_heldBeyondItsTime_isShownAtEveryMoment() {
    Service service = new Service(PersistenceSpec.perClient().timeout(Duration.ofSeconds(4)));
    service.connect("10.0.0.1", Service.cell("a:1"));
    for (long millis = 3000; millis < 70_000; millis += 50) {
      service.at(TimeUnit.MILLISECONDS.toNanos(millis));
      List<InetAddress> shown = new ArrayList<>();
      service.templates.forEach(service.now(), (client, template, leftNanos) -> shown.add(client));
      assertEquals(1, shown.size(), "after " + millis + " ms");
    }
  }

  @Test
  void forEach_prefixZero_showsTheFirstAddress() {
    Service all = new Service(SPEC.prefixes(0, 0));
    all.touch("192.0.2.7", first);
    all.touch("2001:db8::7", other);

    assertEquals(
        List.of("0.0.0.0 a:1 0 " + TIMEOUT, "0:0:0:0:0:0:0:0 b:1 0 " + TIMEOUT), listed(all));
  }

  @Test
  void clear_any_forgetsThoseInTheCacheAndThoseParked() {
    Assignment open = service.connect(CLIENT, first);
    service.at(TIMEOUT + MINUTE);
    service.templates.sweep(service.now());
    service.touch("192.0.2.2", first);
    assertEquals(2, first.templates());

    service.templates.clear();

    assertEquals(0, first.templates());
    assertEquals(List.of(), listed(service));
    open.release(Outcome.SUCCESS);
    assertSame(other, service.touch(CLIENT, other));
  }

  @Test
  void configure_otherTimeout_isThatOfNewTemplates() {
    service.touch(CLIENT, first);
    service.templates.configure(SPEC.timeout(SPEC.timeout().multipliedBy(2)));
    service.touch("192.0.2.2", first);

    service.at(TIMEOUT);
    assertSame(other, service.touch(CLIENT, other));
    service.at(2 * TIMEOUT - 1);
    assertSame(first, service.touch("192.0.2.2", other));
  }

  @Test
  void configure_otherPrefix_isThatOfNewLookUps() {
    service.touch("192.0.2.0", first);
    service.touch("192.0.2.1", other);
    service.templates.configure(SPEC.prefixes(24, 128));

    assertSame(first, service.touch("192.0.2.1", other));
  }

  @Test
  void configure_smallerBound_forgetsSome() {
    for (int i = 0; i < 100; i++) {
      service.touch("10.0.0." + i, first);
    }
    service.templates.configure(SPEC.maxTemplates(5));
    service.templates.sweep(service.now());

    assertEquals(5, first.templates());
  }

  @Test
  void release_twice_isCountedAndHoldsNothingBack() {
    Assignment open = service.connect(CLIENT, first);
    service.connect(CLIENT, first);
    open.release(Outcome.SUCCESS);
    open.release(Outcome.SUCCESS);

    assertEquals(1, first.doubleReleases());
    service.at(TIMEOUT);
    assertTrue(service.has(CLIENT), "the other connection holds it");
  }
}

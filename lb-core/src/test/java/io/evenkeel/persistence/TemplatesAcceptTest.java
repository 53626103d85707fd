package io.evenkeel.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Outcome;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Templates that another node tells of. */
class TemplatesAcceptTest {
  private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(300);
  private static final long MINUTE = TimeUnit.SECONDS.toNanos(60);
  private static final String CLIENT = "192.0.2.1";
  private static final PersistenceSpec SPEC = PersistenceSpec.perClient();

  private final Service service = new Service(SPEC);
  private final Destination own = Service.cell("a:1");
  private final Destination told = Service.cell("b:1");

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private boolean accept(Destination server, long left) {
    return service.templates.accept(address(CLIENT), server, TIMEOUT, left, service.now());
  }

  @Test
  void accept_unknownClient_goesThereForTheTimeLeft() {
    assertTrue(accept(told, 10));
    assertEquals(1, told.templates());
    service.at(9);
    assertSame(told, service.touch(CLIENT, own));

    // Restarted with the timeout that was told.
    service.at(9 + TIMEOUT - 1);
    assertTrue(service.has(CLIENT));
  }

  @Test
  void accept_timeOver_isScheduledAnew() {
    assertTrue(accept(told, 10));
    service.at(10);

    assertSame(own, service.touch(CLIENT, own));
    assertEquals(0, told.templates());
  }

  @Test
  void accept_ofIpv6_goesThere() {
    InetAddress client = address("2001:db8:0:1::");
    Service grouped = new Service(SPEC.prefixes(24, 64));
    assertTrue(grouped.templates.accept(client, told, TIMEOUT, TIMEOUT, grouped.now()));

    assertSame(told, grouped.touch("2001:db8:0:1::7", own));
    assertSame(own, grouped.touch("2001:db8:0:2::7", own));
  }

  @Test
  void accept_heldHereByAConnection_keepsTheOwn() {
    Assignment open = service.connect(CLIENT, own);
    service.at(TIMEOUT - 1);

    assertFalse(accept(told, TIMEOUT));
    assertSame(own, service.touch(CLIENT, told));
    open.release(Outcome.SUCCESS);
    assertEquals(0, told.templates());
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void accept_heldHereBeyondItsTime_keepsTheOwn(boolean swept) {
    Assignment open = service.connect(CLIENT, own);
    service.at(TIMEOUT + MINUTE);
    if (swept) {
      service.templates.sweep(service.now());
    }

    assertFalse(accept(told, TIMEOUT));
    assertSame(own, service.touch(CLIENT, told));
    open.release(Outcome.SUCCESS);
    assertEquals(1, own.templates());
  }

  @ParameterizedTest
  @CsvSource({"0, a:1", "1, b:1"})
  void accept_notHeld_goesWhereItWentLast(long later, String server) {
    service.at(100);
    service.touch(CLIENT, own);
    service.at(150);

    accept(told, TIMEOUT - 50 + later);

    assertEquals(server, service.touch(CLIENT, own).endpoint().toString());
    assertEquals(1, own.templates() + told.templates());
  }

  @Test
  void accept_ownExpired_isReplaced() {
    service.touch(CLIENT, own);
    service.at(TIMEOUT);

    assertTrue(accept(told, 1));

    assertEquals(0, own.templates());
    assertEquals(1, told.templates());
  }

  @Test
  void accept_sameServer_livesAsLongAsTheLongerOfBoth() {
    service.touch(CLIENT, own);
    service.at(10);
    assertTrue(accept(own, TIMEOUT));
    assertTrue(accept(own, 1));
    assertEquals(1, own.templates());

    service.at(TIMEOUT + 9);
    assertTrue(service.has(CLIENT));
  }

  @Test
  void accept_sameServerWhileHeld_holdsOn() {
    Assignment open = service.connect(CLIENT, own);
    assertTrue(accept(own, 2 * TIMEOUT));
    service.at(2 * TIMEOUT - 1);
    open.release(Outcome.SUCCESS);

    assertTrue(service.has(CLIENT));
    service.at(3 * TIMEOUT - 1);
    assertFalse(service.has(CLIENT));
  }

  @Test
  void accept_ownServerUnusable_isReplaced() {
    Assignment open = service.connect(CLIENT, own);
    own.weight(-1);

    assertTrue(accept(told, 1));

    assertSame(told, service.touch(CLIENT, own));
    assertEquals(0, own.templates());
    open.release(Outcome.SUCCESS);
    assertSame(told, service.touch(CLIENT, own));
  }

  @Test
  void accept_toldServerUnusable_keepsAnotherButIsNotedForNone() {
    told.weight(-1);
    assertTrue(accept(told, TIMEOUT));
    told.weight(1);
    assertSame(told, service.touch(CLIENT, own));

    service.at(5);
    own.weight(-1);
    assertFalse(accept(own, 2 * TIMEOUT));
    assertSame(told, service.touch(CLIENT, own));
  }

  @ParameterizedTest
  @CsvSource({
    "24, 64, 192.0.2.0, true",
    "24, 64, 192.0.2.1, false",
    "0, 64, 0.0.0.0, true",
    "0, 64, 128.0.0.0, false",
    "24, 64, 2001:db8::, true",
    "24, 64, 2001:db8::1, false",
    "24, 0, ::, true",
    "32, 128, 192.0.2.1, true",
    "32, 128, 2001:db8::1, true",
  })
  void isClient_any_isTheFirstAddressOfItsGroup(int ipv4, int ipv6, String client, boolean is) {
    Service grouped = new Service(SPEC.prefixes(ipv4, ipv6));

    assertEquals(is, grouped.templates.isClient(address(client)));
  }
}

package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What keepalived 2.2.7 wrote to its notify FIFO and into its mail, for the same events. */
class KeepalivedWordsTest {
  private static final ServiceKey SERVICE = ServiceKey.tcp("10.9.9.9:80");
  private static final Endpoint SERVER = Endpoint.parse("127.0.0.1:81");

  @Test
  void server_upAndDown_areARealServers() {
    Event down = event(Event.Kind.SERVER_DOWN, SERVICE, SERVER);

    assertEquals("RS [127.0.0.1]:tcp:81 [10.9.9.9]:tcp:80 DOWN", KeepalivedWords.fifo(down));
    assertEquals(
        "Realserver [127.0.0.1]:tcp:81 of virtual server [10.9.9.9]:tcp:80 - DOWN",
        KeepalivedWords.subject(down));
    assertEquals(
        "RS [127.0.0.1]:tcp:81 [10.9.9.9]:tcp:80 UP",
        KeepalivedWords.fifo(event(Event.Kind.SERVER_UP, SERVICE, SERVER)));
  }

  @Test
  void service_upAndDown_areAVirtualServers() {
    Event up = event(Event.Kind.SERVICE_UP, SERVICE, null);

    assertEquals("VS [10.9.9.9]:tcp:80 UP", KeepalivedWords.fifo(up));
    assertEquals("Virtualserver [10.9.9.9]:tcp:80 - UP", KeepalivedWords.subject(up));
    assertEquals(
        "VS [10.9.9.9]:tcp:80 DOWN",
        KeepalivedWords.fifo(event(Event.Kind.SERVICE_DOWN, SERVICE, null)));
  }

  @Test
  void mark_any_hasItsName() {
    Event down = event(Event.Kind.SERVER_DOWN, ServiceKey.mark("7"), SERVER);

    assertEquals("RS [127.0.0.1]:none:81 FWM 7 DOWN", KeepalivedWords.fifo(down));
    assertEquals(
        "Realserver [127.0.0.1]:none:81 of virtual server FWM 7 - DOWN",
        KeepalivedWords.subject(down));
  }

  @ParameterizedTest
  @EnumSource(
      value = Event.Kind.class,
      names = {"SERVER_UP", "SERVER_DOWN", "SERVICE_UP", "SERVICE_DOWN"},
      mode = EnumSource.Mode.EXCLUDE)
  void other_any_hasNone(Event.Kind kind) {
    assertNull(KeepalivedWords.fifo(event(kind, SERVICE, SERVER)));
    assertNull(KeepalivedWords.subject(event(kind, SERVICE, SERVER)));
  }

  private static Event event(
      Event.Kind kind, @Nullable ServiceKey service, @Nullable Endpoint server) {
    return new Event(kind, Instant.EPOCH, service, server, "text");
  }
}

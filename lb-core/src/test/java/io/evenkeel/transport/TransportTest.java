package io.evenkeel.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransportTest {

  @Test
  void nio_anywhere_isAvailable() {
    assertTrue(Transport.NIO.isAvailable());
    assertNull(Transport.NIO.unavailabilityCause());
  }

  @Test
  void best_here_isTheFirstThatWorks() {
    assertSame(
        Arrays.stream(Transport.values()).filter(Transport::isAvailable).findFirst().orElseThrow(),
        Transport.best());
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void newGroup_any_startsDaemonsOrSaysWhatWorks(Transport transport) throws Exception {
    if (transport.isAvailable()) {
      assertStartsDaemons(transport);
      return;
    }
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> transport.newGroup(1, "some-name"));
    assertEquals(
        "transport: " + transport + " does not work here (expected: " + Transport.best() + ")",
        e.getMessage());
    assertSame(transport.unavailabilityCause(), e.getCause());
  }

  private static void assertStartsDaemons(Transport transport) throws Exception {
    EventLoopGroup group = transport.newGroup(2, "some-name");
    try {
      Thread thread = group.next().submit(Thread::currentThread).get(10, TimeUnit.SECONDS);

      assertTrue(thread.getName().startsWith("some-name-"), thread.getName());
      assertTrue(thread.isDaemon());
      assertSame(transport, Transport.of(group));
      assertSame(transport, Transport.of(group.next()));
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void of_otherKindOfGroup_throws() {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    try {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> Transport.of(group));

      assertEquals(
          "event loop group: io.netty.channel.MultiThreadIoEventLoopGroup"
              + " (expected: one that drives io_uring, epoll or NIO channels)",
          e.getMessage());
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void toString_any_isLowerCase() {
    assertEquals("[io_uring, epoll, nio]", Arrays.toString(Transport.values()));
  }
}

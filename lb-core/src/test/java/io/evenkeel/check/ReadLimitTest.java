package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.health.CheckResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReadLimitTest {
  private final CompletableFuture<CheckResult> result = new CompletableFuture<>();
  private final EmbeddedChannel channel = new EmbeddedChannel(new ReadLimit(10, result));

  @Test
  void read_upToTheLimit_isPassedOn() {
    channel.writeInbound(bytes(4), bytes(6));

    assertFalse(result.isDone());
    assertEquals(2, channel.inboundMessages().size());
    assertTrue(channel.finishAndReleaseAll());
  }

  @Test
  void read_oneMore_failsAndIsReleased() {
    ByteBuf more = bytes(1);

    channel.writeInbound(bytes(10), more);

    assertEquals(CheckResult.fail("more than 10 bytes received"), result.getNow(null));
    assertEquals(1, channel.inboundMessages().size());
    assertEquals(0, more.refCnt());
    assertTrue(channel.finishAndReleaseAll());
  }

  private static ByteBuf bytes(int count) {
    return Unpooled.buffer(count).writeZero(count);
  }
}

package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class TcpWorkerTest {

  /** Else single bytes, each in a buffer of its own, would pass the mark too late. */
  @Test
  void bufferSizes_oneByteInALargeBuffer_countsTheBuffer() {
    ByteBuf buffer = Unpooled.buffer(512).writeByte(1);

    assertEquals(512, TcpWorker.BUFFER_SIZES.newHandle().size(buffer));
  }
}

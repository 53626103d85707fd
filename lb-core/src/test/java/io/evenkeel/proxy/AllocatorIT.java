package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.Director;
import io.evenkeel.model.VirtualService;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The proxy's buffers come from the allocator that was handed in, and go back to it. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AllocatorIT {
  private static final int REQUESTS = 100;

  @RegisterExtension private static final ProxyLab lab = new ProxyLab();

  /** Counts what it makes, and knows what it has not got back. */
  private static final class Counting extends AbstractByteBufAllocator {
    final AtomicInteger made = new AtomicInteger();
    final UnpooledByteBufAllocator maker = new UnpooledByteBufAllocator(true);

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
      made.incrementAndGet();
      return maker.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
      made.incrementAndGet();
      return maker.directBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }

    long bytesOut() {
      return maker.metric().usedHeapMemory() + maker.metric().usedDirectMemory();
    }
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void allocatorHandedIn_makesEveryBuffer(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.echo());
    Counting allocator = new Counting();
    ProxyLab.Proxied proxied =
        lab.start(
            Director.builder()
                .transport(wiring.transport())
                .threads(wiring.loops())
                .allocator(allocator)
                .dataPlane(TcpProxy.create())
                .service(
                    VirtualService.tcp(Sockets.freeEndpoint())
                        .realServer(server.endpoint())
                        .build()));
    Socket client = lab.connect(proxied.address());
    for (int i = 0; i < REQUESTS; i++) {
      Sockets.request(client, new byte[] {(byte) i});
    }
    // Each request is read from the client, and its answer from the server.
    assertTrue(allocator.made.get() >= 2 * REQUESTS, "buffers: " + allocator.made);
    client.close();
    ProxyLab.await("the end", () -> proxied.clients() == 0);
    proxied.director().close();
    assertEquals(0, allocator.bytesOut());
  }
}

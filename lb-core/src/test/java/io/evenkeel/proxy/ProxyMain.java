package io.evenkeel.proxy;

import io.evenkeel.Director;
import io.evenkeel.model.VirtualService;
import io.evenkeel.transport.Transport;
import io.netty.util.internal.PlatformDependent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A proxy that does nothing else, for measuring: listens at a free port of an address of its own
 * and says {@code READY TRANSPORT HOST PORT}; answers {@code memory} with {@code MEMORY HEAP
 * DIRECT}; ends at {@code exit} and with its input.
 */
final class ProxyMain {
  private ProxyMain() {}

  public static void main(String[] args) throws IOException {
    Director.Builder builder = Director.builder();
    if (!args[0].equals("best")) {
      builder.transport(Transport.valueOf(args[0].toUpperCase(Locale.ROOT)));
    }
    InetSocketAddress address = Sockets.loopback(Sockets.freePort());
    AtomicReference<Transport> transport = new AtomicReference<>();
    Director director =
        builder
            .threads(Integer.parseInt(args[1]))
            .dataPlane(
                context -> {
                  // The event loops that the director made, whatever it was told.
                  transport.set(Transport.of(context.eventLoopGroup()));
                  return TcpProxy.create().create(context);
                })
            .service(
                VirtualService.tcp(Sockets.endpoint(address.getPort())).realServer(args[2]).build())
            .build()
            .start();
    System.out.println(
        "READY "
            + transport.get()
            + " "
            + address.getAddress().getHostAddress()
            + " "
            + address.getPort());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null && !line.equals("exit"); ) {
      System.out.println("MEMORY " + heapBytes() + " " + directBytes());
    }
    director.close(Duration.ZERO);
  }

  private static long heapBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /**
   * What Netty reserved without the JDK's knowledge (it counts chunks, not what is used of them,
   * whichever allocator made them), and what was reserved through the JDK. The two do not overlap,
   * and there is no third: an allocator's own metric is a part of the first.
   */
  private static long directBytes() {
    long jdk =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return Math.max(0, PlatformDependent.usedDirectMemory()) + jdk;
  }
}

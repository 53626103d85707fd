package io.evenkeel.proxy;

import io.evenkeel.Director;
import io.evenkeel.model.VirtualService;
import io.evenkeel.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.util.internal.PlatformDependent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A proxy that does nothing else, for measuring: listens at a free port and says {@code READY
 * TRANSPORT PORT}; answers {@code memory} with {@code MEMORY HEAP DIRECT}; ends at {@code exit} and
 * with its input.
 */
final class ProxyMain {
  private ProxyMain() {}

  public static void main(String[] args) throws IOException {
    Director.Builder builder = Director.builder();
    Transport transport = Transport.best();
    if (!args[0].equals("best")) {
      transport = Transport.valueOf(args[0].toUpperCase(Locale.ROOT));
      builder.transport(transport);
    }
    int port = Sockets.freePort();
    // The director's own choice, asked from the outside: what its event loops turn out to be.
    EventLoopGroup group = transport.newGroup(1, "probe");
    String name = Transport.of(group).toString();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    Director director =
        builder
            .threads(Integer.parseInt(args[1]))
            .dataPlane(TcpProxy.create())
            .service(VirtualService.tcp("127.0.0.1:" + port).realServer(args[2]).build())
            .build()
            .start();
    System.out.println("READY " + name + " " + port);
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

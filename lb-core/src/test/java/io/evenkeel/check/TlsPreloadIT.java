package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.health.CheckTarget;
import io.evenkeel.model.Endpoint;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a process's first handshake needs is loaded before, not on an event loop. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsPreloadIT {
  /** Netty's handler and its own are about 240; with JSSE and the ciphers it is 1070. */
  private static final int FEW_CLASSES = 500;

  @Test
  void handshake_firstOfAProcess_loadsLittle() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                First.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      assertEquals(0, process.waitFor());
      assertTrue(Long.parseLong(said) < FEW_CLASSES, said + " classes");
    } finally {
      process.destroyForcibly();
    }
  }

  /** Prints how many classes the first client hello has loaded. */
  static final class First {
    private First() {}

    public static void main(String[] args) throws Exception {
      Tls tls = Tls.unverified();
      Duration second = Duration.ofSeconds(1);
      CheckTarget target =
          new CheckTarget(
              Endpoint.parse("127.0.0.1:443"),
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 443),
              null,
              second,
              second,
              null);
      EmbeddedChannel channel = new EmbeddedChannel();
      long before = ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount();
      TlsHandshake.addTo(channel.pipeline(), tls, List.of(), target, 0, new CompletableFuture<>());
      SSLEngine engine = channel.pipeline().get(SslHandler.class).engine();
      ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
      engine.wrap(ByteBuffer.allocate(0), hello);
      System.out.println(
          ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount() - before);
    }
  }
}

package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.model.Endpoint;
import io.evenkeel.transport.Transport;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Without its optional jar a check still is a value, and says what is missing. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OptionalJarIT {

  @ParameterizedTest
  @CsvSource({
    "grpc, netty-codec-http2, grpc:, no HTTP/2 (expected: io.netty:netty-codec-http2 to be there)",
    "dns, netty-codec-dns, dns:a A, no DNS (expected: io.netty:netty-codec-dns to be there)",
  })
  void jar_missing_isNoResult(String check, String jar, String text, String reason)
      throws Exception {
    URL[] path =
        Stream.of(System.getProperty("java.class.path").split(":"))
            .filter(entry -> !entry.contains(jar))
            .map(OptionalJarIT::toUrl)
            .toArray(URL[]::new);
    try (URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
      Object results = loader.loadClass(WithoutJar.class.getName()).getMethod(check).invoke(null);
      assertEquals(List.of(text, "NONE " + reason, "NONE " + reason), results);
    }
  }

  /** Runs in a class loader that has not got the jar. */
  public static final class WithoutJar {
    private WithoutJar() {}

    /** Itself in words, and what it finds, twice. */
    public static List<String> grpc() throws Exception {
      return run(GrpcCheck.create());
    }

    /** As the other. */
    public static List<String> dns() throws Exception {
      return run(DnsCheck.query("a", DnsType.A));
    }

    private static List<String> run(HealthCheck check) throws Exception {
      List<String> results = new ArrayList<>(List.of(check.toString()));
      Duration timeout = Duration.ofSeconds(60);
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
      EventLoopGroup group = Transport.NIO.newGroup(1, "without");
      try {
        CheckTarget target =
            new CheckTarget(
                Endpoint.parse("127.0.0.1:1"), address, null, timeout, timeout, group.next());
        for (int i = 0; i < 2; i++) {
          CheckResult r = check.check(target).toCompletableFuture().get(30, TimeUnit.SECONDS);
          results.add(r.verdict() + " " + r.reason());
        }
        return results;
      } finally {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
      }
    }
  }

  private static URL toUrl(String entry) {
    try {
      return Path.of(entry).toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }
}

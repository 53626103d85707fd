package io.evenkeel;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import java.net.InetAddress;
import java.time.Duration;

/**
 * A persistence template as another node needs it to send the client to the same server: made, or
 * to live longer than was said last. Its end is not told: it ends when {@code timeLeft} is over,
 * unless another change says otherwise before. Immutable.
 *
 * <p>The same change serves all nodes that have the service with the same prefixes, whatever their
 * clocks say.
 *
 * @param service of which service
 * @param client the client's address, or the first of its group under the service's prefix
 * @param server where its connections go
 * @param timeout what the next connection restarts the time left with, over 0 and at most 31 days;
 *     that of the service, or 60 s once the template was held beyond it (ip_vs_conn_expire in
 *     net/netfilter/ipvs/ip_vs_conn.c)
 * @param timeLeft until it expires if no connection comes, over 0 and at most 31 days
 */
public record TemplateChange(
    ServiceKey service, InetAddress client, Endpoint server, Duration timeout, Duration timeLeft) {
  private static final Duration MAX = Duration.ofDays(31);

  /**
   * Checks both times.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public TemplateChange {
    check("timeout", timeout);
    check("timeLeft", timeLeft);
  }

  private static void check(String name, Duration value) {
    if (value.isNegative() || value.isZero() || value.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(
          "template " + name + ": " + value + " (expected: over 0, at most 31 days)");
    }
  }
}

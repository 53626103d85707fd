package io.evenkeel.lab;

import io.evenkeel.model.Protocol;
import java.util.List;

/**
 * What is persistent.
 *
 * @param service how ipvsadm names it, and /proc/net/ip_vs as {@code key}
 * @param virtual addresses that clients ask for
 * @param ports that they ask for
 * @param protocols that they use
 * @param template its templates' protocol, address and port, as the kernel lists them
 * @param port of its servers; 0: that which the client asked for
 * @param seconds timeout
 * @param rearmed whether templates outlive their timeout for sure: not where all connections are
 *     short, or clients few
 */
record PersistentKind(
    String name,
    String service,
    String key,
    String scheduler,
    List<String> virtual,
    List<Integer> ports,
    List<Protocol> protocols,
    String template,
    int port,
    int prefix,
    int seconds,
    boolean rearmed) {

  boolean ipv6() {
    return virtual.get(0).indexOf(':') >= 0;
  }

  /** How late a timer of its timeout is. */
  long lateNanos() {
    return seconds * 1_000_000_000L < 5_040_000_000L ? 80_000_000L : 640_000_000L;
  }
}

package io.evenkeel.kernel.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What of root's power this library needs (capabilities(7), linux/capability.h). */
public enum Capability {
  /** To change the network, and to use IPVS. */
  CAP_NET_ADMIN(12),
  /** To send and receive packets as they are, and to announce addresses. */
  CAP_NET_RAW(13),
  /** To enter another network namespace. */
  CAP_SYS_ADMIN(21);

  private static final String EFFECTIVE = "CapEff:";

  private final int bit;

  Capability(int bit) {
    this.bit = bit;
  }

  /**
   * Those that the calling thread has.
   *
   * @return of these
   * @throws IOException if there is no /proc
   */
  public static Set<Capability> effective() throws IOException {
    return effective(Files.readAllLines(Path.of("/proc/thread-self/status")));
  }

  static Set<Capability> effective(List<String> status) {
    Set<Capability> found = EnumSet.noneOf(Capability.class);
    for (String line : status) {
      if (line.startsWith(EFFECTIVE)) {
        long mask = Long.parseUnsignedLong(line.substring(EFFECTIVE.length()).strip(), 16);
        for (Capability each : values()) {
          if ((mask >>> each.bit & 1) != 0) {
            found.add(each);
          }
        }
      }
    }
    return found;
  }

  static @Nullable String missing(Set<Capability> needed) {
    try {
      return missing(needed, effective());
    } catch (IOException e) {
      return "capabilities: " + e;
    }
  }

  static @Nullable String missing(Set<Capability> needed, Set<Capability> effective) {
    Set<Capability> lacking = new TreeSet<>(needed);
    lacking.removeAll(effective);
    return lacking.isEmpty()
        ? null
        : "%s: missing (expected: %s, such as by AmbientCapabilities= of systemd)"
            .formatted(joined(lacking), joined(new TreeSet<>(needed)));
  }

  private static String joined(Set<Capability> all) {
    return all.stream().map(Capability::name).collect(Collectors.joining(" and "));
  }
}

package io.evenkeel.kernel.doctor;

import io.evenkeel.kernel.net.Link;
import io.evenkeel.kernel.net.Network;
import io.evenkeel.kernel.net.Sysctl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the facts. */
final class FactReader {
  private static final Path STATUS = Path.of("/proc/thread-self/status");
  private static final Path IPVS = Path.of("/proc/thread-self/net/ip_vs");
  private static final String EFFECTIVE = "CapEff:";
  private static final int NET_ADMIN = 12;
  private static final int NET_RAW = 13;

  private FactReader() {}

  static Facts read(@Nullable String ipvsCause) throws IOException {
    long capabilities = capabilities();
    try (Network network = Network.open()) {
      List<Link> links = network.links();
      return new Facts(
          ipvsCause,
          Files.exists(IPVS),
          (capabilities >>> NET_ADMIN & 1) != 0,
          (capabilities >>> NET_RAW & 1) != 0,
          links,
          network.addresses(),
          network.routes(),
          sysctls(network, links));
    }
  }

  private static Map<Facts.Key, Integer> sysctls(Network network, List<Link> links)
      throws IOException {
    List<String> devices = new ArrayList<>(List.of(Sysctl.ALL, Sysctl.DEFAULT));
    links.stream().map(Link::name).forEach(devices::add);
    Map<Facts.Key, Integer> values = new HashMap<>();
    for (Sysctl sysctl : Sysctl.values()) {
      for (String device : devices) {
        try {
          values.put(new Facts.Key(sysctl, device), network.read(sysctl, device));
        } catch (IOException e) {
          if (!(e.getCause() instanceof NoSuchFileException)) {
            throw e;
          }
        }
      }
    }
    return values;
  }

  private static long capabilities() throws IOException {
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(EFFECTIVE))
          .mapToLong(line -> Long.parseUnsignedLong(line.substring(EFFECTIVE.length()).strip(), 16))
          .findFirst()
          .orElse(0);
    }
  }
}

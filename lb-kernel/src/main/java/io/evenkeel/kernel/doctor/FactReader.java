package io.evenkeel.kernel.doctor;

import io.evenkeel.kernel.net.Capability;
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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the facts. */
final class FactReader {
  private static final Path IPVS = Path.of("/proc/thread-self/net/ip_vs");

  private FactReader() {}

  static Facts read(@Nullable String ipvsCause) throws IOException {
    Set<Capability> capabilities = Capability.effective();
    try (Network network = Network.open()) {
      List<Link> links = network.links();
      return new Facts(
          ipvsCause,
          Files.exists(IPVS),
          capabilities.contains(Capability.CAP_NET_ADMIN),
          capabilities.contains(Capability.CAP_NET_RAW),
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
}

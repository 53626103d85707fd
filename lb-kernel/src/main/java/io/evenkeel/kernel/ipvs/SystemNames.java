package io.evenkeel.kernel.ipvs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The resolver's hosts, and services in the form of services(5). */
final class SystemNames implements RuleNames {
  private static final Path SERVICES = Path.of("/etc/services");

  /** How many hosts are kept, those asked for last. */
  static final int MAX_HOSTS = 4096;

  private final Map<String, String> names = new HashMap<>();
  private final Map<String, Integer> ports = new HashMap<>();

  /** Written and read under its own lock; the resolver is asked without it. */
  private final Map<InetAddress, Optional<String>> hosts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Optional<String>> eldest) {
          return size() > MAX_HOSTS;
        }
      };

  private final Function<InetAddress, Optional<String>> resolver;

  SystemNames(List<String> services) {
    this(services, SystemNames::lookUp);
  }

  SystemNames(List<String> services, Function<InetAddress, Optional<String>> resolver) {
    this.resolver = resolver;
    for (String line : services) {
      String[] words = line.replaceFirst("#.*", "").trim().split("\\s+", -1);
      // NAME PORT/PROTOCOL ALIAS...
      if (words.length < 2 || !words[1].matches("\\d{1,5}/[a-z]+")) {
        continue;
      }
      int slash = words[1].indexOf('/');
      int port = Integer.parseInt(words[1].substring(0, slash));
      String protocol = words[1].substring(slash);
      names.putIfAbsent(port + protocol, words[0]);
      for (int i = 0; i < words.length; i++) {
        if (i != 1) {
          ports.putIfAbsent(words[i] + protocol, port);
        }
      }
    }
  }

  /** None where there is no such file. */
  static List<String> readServices() {
    try {
      return Files.readAllLines(SERVICES, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return List.of();
    }
  }

  @Override
  public @Nullable String host(InetAddress address) {
    Optional<String> name;
    synchronized (hosts) {
      name = hosts.get(address);
    }
    if (name == null) {
      name = resolver.apply(address);
      synchronized (hosts) {
        hosts.put(address, name);
      }
    }
    return name.orElse(null);
  }

  private static Optional<String> lookUp(InetAddress address) {
    try {
      // A new one: this one may hold the name that it was made from.
      String name = InetAddress.getByAddress(address.getAddress()).getHostName();
      return name.equals(address.getHostAddress()) ? Optional.empty() : Optional.of(name);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public @Nullable String service(int port, IpvsProtocol protocol) {
    return names.get(port + "/" + protocol);
  }

  @Override
  public @Nullable InetAddress address(String host, @Nullable AddressFamily family) {
    InetAddress other = null;
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (AddressFamily.of(address) == (family == null ? AddressFamily.IPV4 : family)) {
          return address;
        }
        other = other == null ? address : other;
      }
    } catch (UnknownHostException e) {
      return null;
    }
    return family == null ? other : null;
  }

  @Override
  public @Nullable Integer port(String service, IpvsProtocol protocol) {
    return ports.get(service + "/" + protocol);
  }
}

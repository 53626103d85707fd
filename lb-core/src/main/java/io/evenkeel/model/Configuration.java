package io.evenkeel.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * All virtual services of a director, each key and each address once, in the order they were added.
 * Immutable.
 */
public final class Configuration {
  private static final Configuration EMPTY = new Configuration(new LinkedHashMap<>());

  private final Map<ServiceKey, VirtualService> services;

  /** Checks that no address has two services. */
  private Configuration(Map<ServiceKey, VirtualService> services) {
    Map<VirtualAddress, ServiceKey> seen = new HashMap<>();
    for (VirtualService service : services.values()) {
      for (VirtualAddress address : service.addresses()) {
        ServiceKey other = seen.put(address, service.key());
        if (other != null) {
          throw new IllegalArgumentException(
              "virtual service: "
                  + service.nameOf(address)
                  + " (expected: an address that "
                  + other
                  + " does not have)");
        }
      }
    }
    this.services = Collections.unmodifiableMap(services);
  }

  /**
   * No service at all.
   *
   * @return the empty configuration
   */
  public static Configuration empty() {
    return EMPTY;
  }

  /**
   * These services.
   *
   * @param services in order
   * @return the configuration
   * @throws IllegalArgumentException if two of them have one key or one address
   */
  public static Configuration of(Collection<VirtualService> services) {
    Map<ServiceKey, VirtualService> map = new LinkedHashMap<>();
    for (VirtualService service : services) {
      if (map.put(service.key(), service) != null) {
        throw new IllegalArgumentException(
            "virtual service: " + service.key() + " twice (expected: once)");
      }
    }
    return new Configuration(map);
  }

  /**
   * The services.
   *
   * @return in the order they were added, unmodifiable
   */
  public Collection<VirtualService> services() {
    return services.values();
  }

  /**
   * One service.
   *
   * @param key which
   * @return the service, or empty if there is none
   */
  public Optional<VirtualService> service(ServiceKey key) {
    return Optional.ofNullable(services.get(key));
  }

  /**
   * With one more service, or with another description of one that is there.
   *
   * @param service added at the end, or put in place of the one with its key
   * @return the changed configuration
   * @throws IllegalArgumentException if another service has one of its addresses
   */
  public Configuration with(VirtualService service) {
    Map<ServiceKey, VirtualService> map = new LinkedHashMap<>(services);
    map.put(service.key(), service);
    return new Configuration(map);
  }

  /**
   * Without one service.
   *
   * @param key which
   * @return the changed configuration
   * @throws IllegalArgumentException if there is none
   */
  public Configuration without(ServiceKey key) {
    required(key);
    Map<ServiceKey, VirtualService> map = new LinkedHashMap<>(services);
    map.remove(key);
    return new Configuration(map);
  }

  /**
   * With one service changed.
   *
   * @param key which
   * @param change what becomes of it; must keep the key
   * @return the changed configuration
   * @throws IllegalArgumentException if there is none, or {@code change} gives it another key or an
   *     address that another service has
   */
  public Configuration edit(ServiceKey key, UnaryOperator<VirtualService> change) {
    VirtualService changed = change.apply(required(key));
    if (!changed.key().equals(key)) {
      throw new IllegalArgumentException(
          "virtual service: " + changed.key() + " (expected: the key stays " + key + ")");
    }
    return with(changed);
  }

  /**
   * What must be done to come from this configuration to another, in an order that can be followed:
   * services and servers that go first, then those that change, then those that come.
   *
   * @param next where to come to
   * @return the changes; empty if there is nothing to do
   */
  public List<Change> diff(Configuration next) {
    List<Change> changes = new ArrayList<>();
    for (VirtualService old : services.values()) {
      if (!next.services.containsKey(old.key())) {
        changes.add(Change.ofService(Change.Kind.REMOVE_SERVICE, old));
      }
    }
    for (VirtualService service : next.services.values()) {
      VirtualService old = services.get(service.key());
      if (old == null) {
        changes.add(Change.ofService(Change.Kind.ADD_SERVICE, service));
        old = service.withoutServers();
      } else if (!old.settings().equals(service.settings())) {
        changes.add(Change.ofService(Change.Kind.EDIT_SERVICE, service));
      }
      diffServers(old, service, changes);
    }
    return changes;
  }

  private static void diffServers(
      VirtualService old, VirtualService service, List<Change> changes) {
    Map<Endpoint, RealServer> before = byEndpoint(old);
    Map<Endpoint, RealServer> after = byEndpoint(service);
    for (RealServer server : old.realServers()) {
      if (!after.containsKey(server.endpoint())) {
        changes.add(Change.ofServer(Change.Kind.REMOVE_SERVER, service.key(), server));
      }
    }
    for (RealServer server : service.realServers()) {
      RealServer known = before.get(server.endpoint());
      if (known == null) {
        changes.add(Change.ofServer(Change.Kind.ADD_SERVER, service.key(), server));
      } else if (!known.equals(server)) {
        changes.add(Change.ofServer(Change.Kind.EDIT_SERVER, service.key(), server));
      }
    }
  }

  private static Map<Endpoint, RealServer> byEndpoint(VirtualService service) {
    Map<Endpoint, RealServer> map = new HashMap<>();
    service.realServers().forEach(server -> map.put(server.endpoint(), server));
    return map;
  }

  private VirtualService required(ServiceKey key) {
    return service(key)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "virtual service: " + key + " (expected: one of " + services.keySet() + ")"));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Configuration c
        && List.copyOf(services.values()).equals(List.copyOf(c.services.values()));
  }

  @Override
  public int hashCode() {
    return services.hashCode();
  }

  @Override
  public String toString() {
    return services.values().toString();
  }
}

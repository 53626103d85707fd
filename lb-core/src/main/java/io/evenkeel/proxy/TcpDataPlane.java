package io.evenkeel.proxy;

import io.evenkeel.ConnectionStatus;
import io.evenkeel.DataPlane;
import io.evenkeel.EffectiveService;
import io.evenkeel.PlaneContext;
import io.evenkeel.model.Forwarding;
import io.evenkeel.model.Protocol;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One listener for each TCP address of each service. */
final class TcpDataPlane implements DataPlane {
  private final TcpProxy options;
  private final PlaneContext context;
  private final Map<VirtualAddress, TcpListener> listeners = new HashMap<>();

  /** Listeners of addresses that are gone, as long as they have connections. */
  private final List<TcpListener> leaving = new ArrayList<>();

  TcpDataPlane(TcpProxy options, PlaneContext context) {
    this.options = options;
    this.context = context;
  }

  @Override
  public List<String> validate(Collection<VirtualService> services) {
    List<String> problems = new ArrayList<>();
    for (VirtualService service : services) {
      List<VirtualAddress> own = service.addresses().stream().filter(TcpDataPlane::isTcp).toList();
      if (own.isEmpty()) {
        problems.add("virtual service: " + service.key() + " (expected by the TCP proxy: tcp)");
      }
      for (VirtualAddress address : own) {
        if (address.endpoint().port() == 0) {
          problems.add(
              "virtual service: "
                  + service.nameOf(address)
                  + " (expected by the TCP proxy: a port)");
        }
      }
      Stream.concat(service.realServers().stream(), Stream.ofNullable(service.sorryServer()))
          .filter(server -> !server.forwarding().equals(Forwarding.masquerading()))
          .forEach(
              server ->
                  problems.add(
                      "real server: "
                          + server.endpoint()
                          + " of "
                          + service.key()
                          + ", forwarding "
                          + server.forwarding()
                          + " (expected by the TCP proxy: masquerading)"));
    }
    return problems;
  }

  @Override
  public CompletionStage<Void> apply(Collection<EffectiveService> services) {
    Map<VirtualAddress, EffectiveService> wanted = new LinkedHashMap<>();
    for (EffectiveService service : services) {
      service.addresses().keySet().stream()
          .filter(TcpDataPlane::isTcp)
          .forEach(address -> wanted.put(address, service));
    }
    Map<VirtualAddress, TcpListener> added = new HashMap<>();
    for (Map.Entry<VirtualAddress, EffectiveService> entry : wanted.entrySet()) {
      VirtualAddress address = entry.getKey();
      if (!listeners.containsKey(address)) {
        TcpListener listener = new TcpListener(options, context, entry.getValue(), address);
        try {
          listener.open();
        } catch (IOException e) {
          added.values().forEach(other -> other.close(Duration.ZERO).join());
          return CompletableFuture.failedFuture(e);
        }
        added.put(address, listener);
      }
    }
    listeners.forEach(
        (address, listener) -> {
          EffectiveService service = wanted.get(address);
          if (service != null) {
            listener.serve(service);
          }
        });
    listeners.putAll(added);
    leaving.removeIf(TcpListener::isClosed);
    List<CompletableFuture<Void>> stopping = new ArrayList<>();
    listeners
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !wanted.containsKey(entry.getKey());
              if (gone) {
                stopping.add(entry.getValue().stopAccepting(Duration.ZERO));
                entry.getValue().removeMeters();
                leaving.add(entry.getValue());
              }
              return gone;
            });
    return CompletableFuture.allOf(stopping.toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public void removed(Set<Destination> servers) {
    if (options.whenRemoved() == TcpProxy.WhenRemoved.END) {
      cut(servers);
    }
  }

  @Override
  public void cut(Set<Destination> servers) {
    listeners.values().forEach(listener -> listener.leave(servers));
    leaving.forEach(listener -> listener.leave(servers));
  }

  @Override
  public List<CompletionStage<List<ConnectionStatus>>> connections() {
    List<CompletionStage<List<ConnectionStatus>>> parts = new ArrayList<>();
    listeners.values().forEach(listener -> parts.addAll(listener.connections()));
    leaving.forEach(listener -> parts.addAll(listener.connections()));
    return parts;
  }

  private static boolean isTcp(VirtualAddress address) {
    return address.protocol() == Protocol.TCP;
  }

  @Override
  public CompletionStage<Integer> close(Duration grace) {
    leaving.addAll(listeners.values());
    listeners.clear();
    List<CompletableFuture<Integer>> closing =
        leaving.stream().map(listener -> listener.close(grace)).toList();
    return CompletableFuture.allOf(closing.toArray(new CompletableFuture<?>[0]))
        .thenApply(
            done -> closing.stream().collect(Collectors.summingInt(CompletableFuture::join)));
  }
}

package io.evenkeel.proxy;

import io.evenkeel.DataPlane;
import io.evenkeel.EffectiveService;
import io.evenkeel.PlaneContext;
import io.evenkeel.model.Protocol;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** One listener for each TCP service. */
final class TcpDataPlane implements DataPlane {
  private final TcpProxy options;
  private final PlaneContext context;
  private final Map<ServiceKey, TcpListener> listeners = new HashMap<>();

  /** Listeners of services that are gone, as long as they have connections. */
  private final List<TcpListener> leaving = new ArrayList<>();

  TcpDataPlane(TcpProxy options, PlaneContext context) {
    this.options = options;
    this.context = context;
  }

  @Override
  public List<String> validate(Collection<VirtualService> services) {
    List<String> problems = new ArrayList<>();
    for (VirtualService service : services) {
      if (service.key().protocol() != Protocol.TCP) {
        problems.add("virtual service: " + service.key() + " (expected by the TCP proxy: tcp)");
      } else if (service.key().endpoint().port() == 0) {
        problems.add("virtual service: " + service.key() + " (expected by the TCP proxy: a port)");
      }
    }
    return problems;
  }

  @Override
  public CompletionStage<Void> apply(Collection<EffectiveService> services) {
    Map<ServiceKey, TcpListener> added = new HashMap<>();
    for (EffectiveService service : services) {
      ServiceKey key = service.service().key();
      if (!listeners.containsKey(key)) {
        TcpListener listener = new TcpListener(options, context, service);
        try {
          listener.open();
        } catch (IOException e) {
          added.values().forEach(other -> other.close(Duration.ZERO).join());
          return CompletableFuture.failedFuture(e);
        }
        added.put(key, listener);
      }
    }
    listeners.putAll(added);
    leaving.removeIf(TcpListener::isClosed);
    Set<ServiceKey> wanted =
        services.stream().map(s -> s.service().key()).collect(Collectors.toSet());
    List<CompletableFuture<Void>> stopping = new ArrayList<>();
    listeners
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !wanted.contains(entry.getKey());
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

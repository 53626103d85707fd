package io.evenkeel;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A data plane that carries nothing and remembers what it was told. */
final class FakePlane implements DataPlane {
  private final List<List<EffectiveService>> applied = new ArrayList<>();
  private volatile List<String> problems = List.of();
  private volatile Function<Collection<EffectiveService>, CompletionStage<Void>> onApply =
      services -> CompletableFuture.completedFuture(null);
  private volatile Function<Duration, CompletionStage<Integer>> onClose =
      grace -> CompletableFuture.completedFuture(0);
  private volatile Supplier<List<CompletionStage<List<ConnectionStatus>>>> onConnections = List::of;
  private final List<Set<Endpoint>> removed = new ArrayList<>();
  private final List<Set<Endpoint>> cut = new ArrayList<>();
  private volatile int closed;

  void problems(String... sentences) {
    problems = List.of(sentences);
  }

  void onApply(Function<Collection<EffectiveService>, CompletionStage<Void>> answer) {
    onApply = answer;
  }

  /** The next call fails; those after it do not. */
  void failOnce(Throwable failure) {
    onApply =
        services -> {
          onApply = later -> CompletableFuture.completedFuture(null);
          return CompletableFuture.failedFuture(failure);
        };
  }

  void onClose(Function<Duration, CompletionStage<Integer>> answer) {
    onClose = answer;
  }

  void onConnections(Supplier<List<CompletionStage<List<ConnectionStatus>>>> answer) {
    onConnections = answer;
  }

  /** Which servers it was told that they were removed, each time. */
  synchronized List<Set<Endpoint>> removed() {
    return List.copyOf(removed);
  }

  /** Which servers' connections it was told to close, each time. */
  synchronized List<Set<Endpoint>> cut() {
    return List.copyOf(cut);
  }

  int closed() {
    return closed;
  }

  /** What it was told last: each service and its servers with their weights, newest first. */
  synchronized List<String> last() {
    return applied.isEmpty()
        ? List.of()
        : applied.get(applied.size() - 1).stream().map(FakePlane::inWords).toList();
  }

  /** What it was told last: each service and its addresses. */
  synchronized List<String> addresses() {
    return applied.get(applied.size() - 1).stream()
        .map(service -> service.service().key() + ": " + service.addresses().keySet())
        .toList();
  }

  synchronized int calls() {
    return applied.size();
  }

  private static String inWords(EffectiveService service) {
    StringBuilder words = new StringBuilder(service.service().key().toString());
    for (int i = 0; i < service.destinations().size(); i++) {
      words
          .append(' ')
          .append(service.destinations().get(i).endpoint())
          .append('=')
          .append(service.destinations().weight(i));
    }
    return words.toString();
  }

  @Override
  public List<String> validate(Collection<VirtualService> services) {
    return problems;
  }

  @Override
  public CompletionStage<Void> apply(Collection<EffectiveService> services) {
    synchronized (this) {
      applied.add(List.copyOf(services));
    }
    return onApply.apply(services);
  }

  @Override
  public synchronized void removed(Set<Destination> servers) {
    removed.add(servers.stream().map(Destination::endpoint).collect(Collectors.toSet()));
  }

  @Override
  public synchronized void cut(Set<Destination> servers) {
    cut.add(servers.stream().map(Destination::endpoint).collect(Collectors.toSet()));
  }

  @Override
  public List<CompletionStage<List<ConnectionStatus>>> connections() {
    return onConnections.get();
  }

  @Override
  public synchronized CompletionStage<Integer> close(Duration grace) {
    closed++;
    return onClose.apply(grace);
  }
}

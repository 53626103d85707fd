package io.evenkeel.kernel.plane;

import io.evenkeel.ConnectionStatus;
import io.evenkeel.DataPlane;
import io.evenkeel.Director;
import io.evenkeel.EffectiveService;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.model.Protocol;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two planes, and where each service is on its way between them. */
final class MovableDataPlane implements DataPlane {
  private static final Logger LOG = LoggerFactory.getLogger(MovablePlane.class);

  /** How long the proxy listens on for clients whose handshake it has begun. */
  private static final long HANDSHAKE_MILLIS = 10_000;

  private static final long POLL_MILLIS = 500;

  /** Each tells of the clients that came during the one before. */
  private static final int MOST_PASSES = 5;

  private final DataPlane proxy;
  private final KernelPlane kernel;
  private final Crossing.Opening opening;
  private final Placement initially;

  /** Under this object's lock, as both planes are: they are called by director and mover. */
  private final Map<ServiceKey, Placement> placements = new HashMap<>();

  /** What stands for the proxy in the kernel's table, as long as a service is passed to it. */
  private final Map<ServiceKey, Destination> locals = new HashMap<>();

  private Map<ServiceKey, EffectiveService> services = Map.of();
  private boolean closed;

  /** Which services are on their way to where they stay; used by the mover. */
  private final Map<ServiceKey, Future<?>> settling = new HashMap<>();

  private final ScheduledThreadPoolExecutor mover =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread thread = new Thread(task, "evenkeel-move");
            thread.setDaemon(true);
            return thread;
          });

  MovableDataPlane(
      DataPlane proxy, KernelPlane kernel, Crossing.Opening opening, Carrier initially) {
    this.proxy = proxy;
    this.kernel = kernel;
    this.opening = opening;
    this.initially = initially == Carrier.PROXY ? Placement.PROXY : Placement.KERNEL;
    mover.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public synchronized List<String> validate(Collection<VirtualService> wanted) {
    List<String> problems = new ArrayList<>();
    problems.addAll(
        proxy.validate(wanted.stream().filter(s -> placement(s.key()).isProxied()).toList()));
    problems.addAll(
        kernel.validate(
            wanted.stream().filter(s -> placement(s.key()) != Placement.PROXY).toList()));
    return problems;
  }

  @Override
  public synchronized CompletionStage<Void> apply(Collection<EffectiveService> wanted) {
    Map<ServiceKey, EffectiveService> map = new HashMap<>();
    wanted.forEach(service -> map.put(service.service().key(), service));
    services = map;
    // Not before they are gone indeed: the director may take its change back.
    return carry().thenRun(this::forgetRemoved);
  }

  private synchronized void forgetRemoved() {
    placements.keySet().retainAll(services.keySet());
    locals.keySet().retainAll(services.keySet());
  }

  private CompletableFuture<Void> carry() {
    List<EffectiveService> proxied = new ArrayList<>();
    List<EffectiveService> inKernel = new ArrayList<>();
    Set<IpvsKey> keys = new HashSet<>();
    Set<Destination> sockets = new HashSet<>();
    services.forEach(
        (key, service) -> {
          Placement placement = placement(key);
          if (placement.isProxied()) {
            proxied.add(service);
          }
          if (placement == Placement.PASSING) {
            inKernel.add(
                Passing.of(service, locals.computeIfAbsent(key, k -> Passing.local(service))));
          } else if (placement == Placement.PROXY) {
            keys.addAll(Mapping.keys(service.service()));
          } else {
            inKernel.add(service);
            if (locals.containsKey(key)) {
              // They go on without the kernel.
              sockets.add(locals.get(key));
            }
          }
        });
    CompletableFuture<Void> first = proxy.apply(proxied).toCompletableFuture();
    Elsewhere elsewhere = new Elsewhere(keys, sockets);
    return CompletableFuture.allOf(first, kernel.apply(inKernel, elsewhere).toCompletableFuture());
  }

  private synchronized Placement placement(ServiceKey key) {
    return placements.getOrDefault(key, initially);
  }

  Carrier carrier(ServiceKey key) {
    return placement(key).carrier();
  }

  CompletableFuture<Void> move(Director director, ServiceKey key, Carrier to) {
    try {
      return CompletableFuture.runAsync(
          () -> {
            EffectiveService service = movable(key);
            try {
              if (to == Carrier.KERNEL) {
                toKernel(service);
              } else {
                toProxy(director, service);
              }
            } catch (IOException e) {
              throw new UncheckedIOException(key + ": " + e.getMessage(), e);
            } finally {
              settle(key);
            }
          },
          mover);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(new IllegalStateException("closed", e));
    }
  }

  private synchronized EffectiveService movable(ServiceKey key) {
    EffectiveService service = services.get(key);
    if (service == null) {
      throw new IllegalArgumentException(
          "virtual service: " + key + " (expected: one of " + services.keySet() + ")");
    }
    if (!(key instanceof VirtualAddress address) || address.protocol() != Protocol.TCP) {
      throw new IllegalArgumentException(
          "virtual service: " + key + " (expected of one that is moved: a tcp address)");
    }
    List<String> problems = new ArrayList<>(proxy.validate(List.of(service.service())));
    // With all that the kernel has: some settings are one for all.
    problems.addAll(
        kernel.validate(
            services.values().stream()
                .map(EffectiveService::service)
                .filter(s -> s.key().equals(key) || placement(s.key()) != Placement.PROXY)
                .toList()));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return service;
  }

  private void toKernel(EffectiveService service) throws IOException {
    ServiceKey key = service.service().key();
    if (placement(key).carrier() == Carrier.KERNEL) {
      return;
    }
    try (Crossing crossing = opening.open(service)) {
      crossing.check();
      boolean isTied = service.service().persistence() != null;
      if (isTied || KernelScheduler.isHash(service.service().scheduler())) {
        place(key, Placement.PASSING);
      }
      for (int i = 0; isTied && i < MOST_PASSES; i++) {
        if (crossing.inject(service.dispatcher().templates()) == 0) {
          break;
        }
      }
      crossing.expiring(() -> place(key, Placement.COVERED));
    }
  }

  private void toProxy(Director director, EffectiveService service) throws IOException {
    ServiceKey key = service.service().key();
    if (placement(key).carrier() == Carrier.PROXY) {
      return;
    }
    try (Crossing crossing = opening.open(service)) {
      place(key, Placement.COVERED);
      crossing.templates().forEach(director::accept);
      place(key, Placement.PASSING);
      // Those of clients that came meanwhile.
      crossing.templates().forEach(director::accept);
    }
  }

  /** Goes on to where a service stays: whatever became of a move, it is half of one place now. */
  private void settle(ServiceKey key) {
    Placement now = placement(key);
    if (now == Placement.COVERED) {
      later(key, HANDSHAKE_MILLIS);
    } else if (now == Placement.PASSING) {
      later(key, POLL_MILLIS);
    }
  }

  /** In place of what was to be done before. */
  private void later(ServiceKey key, long millis) {
    try {
      Future<?> before =
          settling.put(key, mover.schedule(() -> goOnOrWarn(key), millis, TimeUnit.MILLISECONDS));
      if (before != null) {
        before.cancel(false);
      }
    } catch (RejectedExecutionException e) {
      LOG.debug("{}: closed on its way", key, e);
    }
  }

  private void goOnOrWarn(ServiceKey key) {
    settling.remove(key);
    try {
      goOn(key);
    } catch (IOException | RuntimeException e) {
      LOG.warn("{}: does not settle where it was moved to yet: {}", key, e.toString());
    }
    settle(key);
  }

  private void goOn(ServiceKey key) throws IOException {
    EffectiveService service;
    synchronized (this) {
      service = services.get(key);
    }
    if (service == null) {
      return;
    }
    switch (placement(key)) {
      case COVERED -> place(key, Placement.KERNEL);
      case PASSING -> {
        try (Crossing crossing = opening.open(service)) {
          if (crossing.isDrained()) {
            crossing.expiring(() -> place(key, Placement.PROXY));
          }
        }
      }
      case PROXY, KERNEL -> {}
    }
  }

  /** Takes one step; or stays where it was, and throws. */
  private void place(ServiceKey key, Placement placement) {
    CompletableFuture<Void> carried;
    Placement before;
    synchronized (this) {
      before = placement(key);
      if (before == placement) {
        return;
      }
      if (closed || !services.containsKey(key)) {
        throw new IllegalStateException(key + ": " + (closed ? "closed" : "removed"));
      }
      placements.put(key, placement);
      carried = carry();
    }
    try {
      carried.join();
      LOG.info("{}: {}", key, placement);
    } catch (CompletionException e) {
      synchronized (this) {
        if (!closed && services.containsKey(key)) {
          placements.put(key, before);
          carry();
        }
      }
      throw e;
    }
  }

  @Override
  public synchronized void removed(Set<Destination> servers) {
    proxy.removed(servers);
    kernel.removed(servers);
  }

  @Override
  public synchronized void cut(Set<Destination> servers) {
    proxy.cut(servers);
    kernel.cut(servers);
  }

  @Override
  public synchronized List<CompletionStage<List<ConnectionStatus>>> connections() {
    List<CompletionStage<List<ConnectionStatus>>> parts = new ArrayList<>(proxy.connections());
    parts.addAll(kernel.connections());
    return parts;
  }

  @Override
  public synchronized CompletionStage<Integer> close(Duration grace) {
    closed = true;
    // The step that is being taken ends first: it may have a switch of the kernel to put back.
    CompletableFuture<Void> idle = CompletableFuture.runAsync(() -> {}, mover);
    mover.shutdown();
    return proxy
        .close(grace)
        .thenCombine(kernel.close(grace), Integer::sum)
        .thenCombine(idle, (cut, done) -> cut);
  }
}

package io.evenkeel.kernel.plane;

import io.evenkeel.ConnectionStatus;
import io.evenkeel.DataPlane;
import io.evenkeel.Director;
import io.evenkeel.EffectiveService;
import io.evenkeel.kernel.ipvs.Ipvs;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two planes, and where each service is on its way between them. */
final class MovableDataPlane implements DataPlane {
  private static final Logger LOG = LoggerFactory.getLogger(MovablePlane.class);
  private static final long POLL_MILLIS = 500;

  private final DataPlane proxy;
  private final IpvsDataPlane kernel;
  private final Placement initially;

  /** Under this object's lock, as both planes are: they are called by director and mover. */
  private final Map<ServiceKey, Placement> placements = new HashMap<>();

  /** What stands for the proxy in the kernel's table, as long as a service is passed to it. */
  private final Map<ServiceKey, Destination> locals = new HashMap<>();

  private Map<ServiceKey, EffectiveService> services = Map.of();

  private final ScheduledExecutorService mover =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "evenkeel-move");
            thread.setDaemon(true);
            return thread;
          });

  MovableDataPlane(DataPlane proxy, IpvsDataPlane kernel, Carrier initially) {
    this.proxy = proxy;
    this.kernel = kernel;
    this.initially = initially == Carrier.PROXY ? Placement.PROXY : Placement.KERNEL;
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
    placements.keySet().retainAll(map.keySet());
    locals.keySet().retainAll(map.keySet());
    return carry();
  }

  private CompletionStage<Void> carry() {
    List<EffectiveService> proxied = new ArrayList<>();
    List<EffectiveService> inKernel = new ArrayList<>();
    List<EffectiveService> elsewhere = new ArrayList<>();
    services.forEach(
        (key, service) -> {
          Placement placement = placement(key);
          if (placement.isProxied()) {
            proxied.add(service);
          }
          if (placement == Placement.PASSING) {
            inKernel.add(
                Passing.of(service, locals.computeIfAbsent(key, k -> Passing.local(service))));
          } else if (placement != Placement.PROXY) {
            inKernel.add(service);
          } else if (kernel.validate(List.of(service.service())).isEmpty()) {
            elsewhere.add(service);
          }
        });
    CompletableFuture<Void> first = proxy.apply(proxied).toCompletableFuture();
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
    problems.addAll(kernel.validate(List.of(service.service())));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return service;
  }

  private void toKernel(EffectiveService service) throws IOException {
    ServiceKey key = service.service().key();
    Placement now = placement(key);
    if (now.carrier() == Carrier.KERNEL) {
      return;
    }
    try (KernelSide side = new KernelSide(Ipvs.open(), service)) {
      if (service.service().persistence() != null) {
        place(key, Placement.PASSING);
        side.inject(service.dispatcher().templates());
      }
      side.expiring(() -> place(key, Placement.COVERED));
    }
    place(key, Placement.KERNEL);
  }

  private void toProxy(Director director, EffectiveService service) throws IOException {
    ServiceKey key = service.service().key();
    if (placement(key).carrier() == Carrier.PROXY) {
      return;
    }
    try (KernelSide side = new KernelSide(Ipvs.open(), service)) {
      place(key, Placement.COVERED);
      side.templates().forEach(director::accept);
      place(key, Placement.PASSING);
      // Those of clients that came meanwhile.
      side.templates().forEach(director::accept);
    }
    later(service);
  }

  private void later(EffectiveService service) {
    try {
      mover.schedule(() -> leaveKernel(service), POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("{}: closed before the kernel's last connection was", service.service().key(), e);
    }
  }

  /** Has the kernel forget a service when none of its connections goes through it any more. */
  private void leaveKernel(EffectiveService service) {
    ServiceKey key = service.service().key();
    if (placement(key) != Placement.PASSING) {
      return;
    }
    try (KernelSide side = new KernelSide(Ipvs.open(), service)) {
      if (side.isDrained()) {
        side.expiring(() -> place(key, Placement.PROXY));
        return;
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("{}: the kernel does not let go of it yet: {}", key, e.toString());
    }
    later(service);
  }

  /** Takes one step; or stays where it was, and throws. */
  private void place(ServiceKey key, Placement placement) {
    CompletableFuture<Void> carried;
    Placement before;
    synchronized (this) {
      if (!services.containsKey(key)) {
        throw new IllegalArgumentException("virtual service: " + key + " was removed");
      }
      before = placement(key);
      placements.put(key, placement);
      carried = carry().toCompletableFuture();
    }
    try {
      carried.join();
      LOG.info("{}: {}", key, placement);
    } catch (RuntimeException e) {
      synchronized (this) {
        placements.put(key, before);
        carry();
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
    mover.shutdown();
    return proxy.close(grace).thenCombine(kernel.close(grace), Integer::sum);
  }
}

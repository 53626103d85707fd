package io.evenkeel.proxy;

import io.evenkeel.ConnectionStatus;
import io.evenkeel.Dispatcher;
import io.evenkeel.EffectiveService;
import io.evenkeel.PlaneContext;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.pool.Destination;
import io.evenkeel.transport.Transport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One address of a virtual service: accepts clients on every event loop (SO_REUSEPORT) where that
 * works, else on one, and counts them against the limit. Opened and closed on the director's
 * thread.
 */
final class TcpListener {
  private static final Logger LOG = LoggerFactory.getLogger(TcpProxy.class);
  private static final long WARN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final TcpProxy options;
  private final PlaneContext context;
  private final Transport transport;
  private final VirtualAddress virtual;
  private final InetSocketAddress address;
  private final List<TcpWorker> workers = new ArrayList<>();
  private final List<TcpAcceptor> acceptors = new ArrayList<>();
  private final List<Meter> meters = new ArrayList<>();

  /** Whose servers clients get; written by the director, read by every event loop. */
  private volatile Dispatcher dispatcher;

  /** How messages call it, and what counts; written and read as {@link #dispatcher} is. */
  private volatile String name;

  private volatile Counter rejected;

  /** Clients that were admitted and are not gone; written by every event loop. */
  private final AtomicInteger connections = new AtomicInteger();

  /** When a warning was logged last; written by every event loop. */
  private final AtomicLong warnedNanos = new AtomicLong(System.nanoTime() - WARN_NANOS);

  private final CompletableFuture<Void> acceptedAll = new CompletableFuture<>();

  /** Completes once no client is left after the last was accepted. */
  private final CompletableFuture<Void> empty = new CompletableFuture<>();

  TcpListener(
      TcpProxy options, PlaneContext context, EffectiveService service, VirtualAddress virtual) {
    this.options = options;
    this.context = context;
    this.transport = Transport.of(context.eventLoopGroup());
    this.virtual = virtual;
    this.address = Objects.requireNonNull(service.addresses().get(virtual));
    this.dispatcher = service.dispatcher();
    this.name = service.service().nameOf(virtual);
    this.rejected = addMeters();
    for (EventExecutor loop : context.eventLoopGroup()) {
      workers.add(new TcpWorker((EventLoop) loop, this));
    }
  }

  /** Its clients get the servers of a service from now on, which it may have served before. */
  void serve(EffectiveService service) {
    if (service.dispatcher() != dispatcher) {
      removeMeters();
      dispatcher = service.dispatcher();
      name = service.service().nameOf(virtual);
      rejected = addMeters();
    }
  }

  private Counter addMeters() {
    Tags tags = Tags.of("service", dispatcher.service().toString(), "address", virtual.toString());
    Counter counter =
        Counter.builder("evenkeel.proxy.rejected")
            .description("Clients closed because the address had its maximum of connections")
            .tags(tags)
            .register(context.meterRegistry());
    meters.add(counter);
    meters.add(
        Gauge.builder("evenkeel.proxy.clients", connections, AtomicInteger::get)
            .description("Clients connected")
            .tags(tags)
            .register(context.meterRegistry()));
    return counter;
  }

  TcpProxy options() {
    return options;
  }

  Transport transport() {
    return transport;
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  /** What clients connect to. */
  VirtualAddress virtualAddress() {
    return virtual;
  }

  /** How messages call it. */
  String name() {
    return name;
  }

  InetSocketAddress address() {
    return address;
  }

  ByteBufAllocator allocator() {
    return context.allocator();
  }

  /** Binds, or leaves nothing open. */
  void open() throws IOException {
    boolean shared = workers.size() > 1 && transport.canShareAddress();
    try {
      if (shared) {
        // A listener that shares its address is not refused an address that others share already.
        try (ServerSocket probe = new ServerSocket()) {
          probe.setReuseAddress(true);
          probe.bind(address);
        }
      }
      for (int i = 0; i < (shared ? workers.size() : 1); i++) {
        ServerSocketChannel channel = transport.newServerSocketChannel();
        if (shared) {
          transport.shareAddress(channel);
        }
        List<TcpWorker> itsWorkers = shared ? List.of(workers.get(i)) : workers;
        TcpAcceptor acceptor = new TcpAcceptor(this, channel, workers.get(i).loop(), itsWorkers);
        acceptors.add(acceptor);
        acceptor.bind();
      }
    } catch (IOException | RuntimeException e) {
      close(Duration.ZERO).join();
      String problem = String.valueOf(e.getMessage());
      throw new IOException(
          problem.contains("in use")
              ? "port in use: " + virtual.endpoint() + " (expected: a free one)"
              : "cannot listen on " + virtual.endpoint() + ": " + problem,
          e);
    }
  }

  /** Whether there was room for one more client, which is taken by it. */
  boolean admit() {
    if (connections.incrementAndGet() <= options.maxConnections()) {
      return true;
    }
    leave();
    return false;
  }

  boolean isFull() {
    return connections.get() >= options.maxConnections();
  }

  void reject(SocketChannel client) {
    rejected.increment();
    client.unsafe().closeForcibly();
  }

  /** Why a client could not be served; says it once a second, as the next ones will fare alike. */
  void warn(Throwable cause) {
    long now = System.nanoTime();
    long last = warnedNanos.get();
    if (now - last >= WARN_NANOS && warnedNanos.compareAndSet(last, now)) {
      LOG.warn("{}: a client cannot be served: {}", name, cause.toString());
    }
  }

  /** A client that was admitted is gone. */
  void leave() {
    int left = connections.decrementAndGet();
    if (left == 0 && acceptedAll.isDone()) {
      empty.complete(null);
    }
    if (left == options.maxConnections() - 1) {
      acceptors.forEach(TcpAcceptor::roomAgain);
    }
  }

  /**
   * Accepts what waits in the backlog, and then no more; open connections run on.
   *
   * @param grace how long to wait at most for room for the clients that wait
   */
  CompletableFuture<Void> stopAccepting(Duration grace) {
    CompletableFuture.allOf(
            acceptors.stream()
                .map(acceptor -> acceptor.stop(grace))
                .toArray(CompletableFuture<?>[]::new))
        .whenComplete(
            (done, failure) -> {
              acceptedAll.complete(null);
              if (connections.get() == 0) {
                empty.complete(null);
              }
            });
    return acceptedAll.copy();
  }

  /** Ends all connections to servers that are not chosen any more. */
  void leave(Set<Destination> servers) {
    workers.forEach(worker -> worker.leave(servers));
  }

  /** What each worker carries. */
  List<CompletionStage<List<ConnectionStatus>>> connections() {
    return workers.stream().map(TcpWorker::connections).toList();
  }

  /** Gives the names of its meters free. */
  void removeMeters() {
    meters.forEach(context.meterRegistry()::remove);
    meters.clear();
  }

  boolean isClosed() {
    return empty.isDone();
  }

  /** Stops accepting, and cuts off who is left after a while; completes with their number. */
  CompletableFuture<Integer> close(Duration grace) {
    long deadlineNanos = System.nanoTime() + TimeUnit.NANOSECONDS.convert(grace);
    return stopAccepting(grace)
        .thenCompose(
            done ->
                empty
                    .copy()
                    .orTimeout(
                        Math.max(1, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS))
        .handle((done, late) -> late != null)
        .thenCompose(
            late -> {
              int left = connections.get();
              if (!late || left == 0) {
                return CompletableFuture.completedFuture(0);
              }
              workers.forEach(TcpWorker::cutAll);
              return empty.copy().completeOnTimeout(null, 1, TimeUnit.SECONDS).thenApply(d -> left);
            })
        .whenComplete((left, failure) -> removeMeters());
  }
}

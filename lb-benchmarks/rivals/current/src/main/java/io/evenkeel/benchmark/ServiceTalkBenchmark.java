package io.evenkeel.benchmark;

import io.servicetalk.client.api.ConnectionFactory;
import io.servicetalk.client.api.DefaultServiceDiscovererEvent;
import io.servicetalk.client.api.LoadBalancedConnection;
import io.servicetalk.client.api.LoadBalancer;
import io.servicetalk.client.api.RequestTracker;
import io.servicetalk.client.api.ServiceDiscovererEvent;
import io.servicetalk.concurrent.api.AsyncCloseables;
import io.servicetalk.concurrent.api.Completable;
import io.servicetalk.concurrent.api.ListenableAsyncCloseable;
import io.servicetalk.concurrent.api.Publisher;
import io.servicetalk.concurrent.api.Single;
import io.servicetalk.context.api.ContextMap;
import io.servicetalk.loadbalancer.LoadBalancers;
import io.servicetalk.loadbalancer.LoadBalancingPolicies;
import io.servicetalk.loadbalancer.LoadBalancingPolicy;
import io.servicetalk.transport.api.TransportObserver;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * ServiceTalk: {@code selectConnection} of a balancer with a fixed list of hosts, through a {@code
 * Future}.
 *
 * <p>A connection does nothing and takes any number of requests; a host has one, opened while the
 * balance was checked. Outlier detection is on, the default. Each host has answered about 50
 * requests, each after 200 ms, which p2c compares; none is open, and none begins while it is
 * measured.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class ServiceTalkBenchmark {
  /**
   * Hardly more than that every host is reached: when the JVM pauses, the host that was just chosen
   * looks slow, and is avoided for seconds.
   */
  static final double SLACK_BY_LATENCY = 100;

  static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** The hosts. */
  @State(Scope.Benchmark)
  public static class Service {
    /** Policy. */
    @Param({"roundRobin", "p2c"})
    public String policy;

    /** How many. */
    @Param({"16", "128", "10000"})
    public int servers;

    private LoadBalancer<Connection> balancer;

    /** Makes the balancer. */
    @Setup
    public void start() {
      List<ServiceDiscovererEvent<String>> hosts = new ArrayList<>();
      for (int i = 0; i < servers; i++) {
        hosts.add(
            new DefaultServiceDiscovererEvent<>("s" + i, ServiceDiscovererEvent.Status.AVAILABLE));
      }
      Publisher<Collection<ServiceDiscovererEvent<String>>> found = Publisher.from(hosts);
      balancer =
          LoadBalancers.<String, Connection>builder("service")
              .loadBalancingPolicy(policy())
              .build()
              .newLoadBalancer(found.concat(Publisher.never()), new Connections(), "service");
      Spread.check(
          servers,
          50,
          () -> answer(ANSWER_NANOS),
          chosen -> 1,
          policy.equals("p2c") ? SLACK_BY_LATENCY : 1);
    }

    /** Chooses, and a request there is answered after a time. */
    String answer(long nanos) {
      Connection chosen = choose();
      chosen.requests.onRequestSuccess(chosen.requests.beforeRequestStart() - nanos);
      return chosen.host;
    }

    private LoadBalancingPolicy<String, Connection> policy() {
      return switch (policy) {
        case "roundRobin" -> LoadBalancingPolicies.roundRobin().build();
        case "p2c" -> LoadBalancingPolicies.p2c().build();
        default -> throw new IllegalArgumentException(policy);
      };
    }

    private Connection choose() {
      try {
        return balancer.selectConnection(connection -> true, null).toFuture().get();
      } catch (InterruptedException | ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static class Closeable implements ListenableAsyncCloseable {
    private final ListenableAsyncCloseable delegate = AsyncCloseables.emptyAsyncCloseable();

    @Override
    public Completable onClose() {
      return delegate.onClose();
    }

    @Override
    public Completable closeAsync() {
      return delegate.closeAsync();
    }
  }

  private static final class Connections extends Closeable
      implements ConnectionFactory<String, Connection> {
    @Override
    public Single<Connection> newConnection(
        String host, @Nullable ContextMap context, @Nullable TransportObserver observer) {
      return Single.succeeded(
          new Connection(
              host,
              Objects.requireNonNull(
                  Objects.requireNonNull(context).get(RequestTracker.REQUEST_TRACKER_KEY))));
    }
  }

  /** A connection that does nothing. */
  public static final class Connection extends Closeable implements LoadBalancedConnection {
    private final String host;

    /** What the HTTP client would tell of its requests. */
    private final RequestTracker requests;

    private Connection(String host, RequestTracker requests) {
      this.host = host;
      this.requests = requests;
    }

    @Override
    public int score() {
      return 1;
    }
  }

  /**
   * The choice.
   *
   * @param service among whom
   * @param caller for whom
   * @return the chosen
   */
  @Benchmark
  public Connection select(Service service, Caller caller) {
    caller.next();
    return service.choose();
  }
}

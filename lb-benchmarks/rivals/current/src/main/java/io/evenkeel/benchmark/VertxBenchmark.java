package io.evenkeel.benchmark;

import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.endpoint.InteractionMetrics;
import io.vertx.core.net.endpoint.LoadBalancer;
import io.vertx.core.net.endpoint.ServerEndpoint;
import io.vertx.core.net.endpoint.ServerInteraction;
import io.vertx.core.net.endpoint.ServerSelector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
 * Vert.x core: {@code select()} of the selector that a balancer makes for a list of servers.
 *
 * <p>The servers are our own {@code ServerEndpoint}, with the metrics that the balancer asks for.
 * Requests begun while the balance was checked stay open: 4 a server with LEAST_REQUESTS, about 50
 * otherwise; none begins or ends while it is measured. CONSISTENT_HASHING gets the client as a
 * string that is made beforehand, and has 128 points a server.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class VertxBenchmark {
  /** For each server on the ring, as many as Evenkeel's has at most; the default of 4 is uneven. */
  private static final int POINTS = 128;

  /** The servers. */
  @State(Scope.Benchmark)
  public static class Service {
    /** Balancer. */
    @Param({
      "ROUND_ROBIN",
      "RANDOM",
      "POWER_OF_TWO_CHOICES",
      "LEAST_REQUESTS",
      "CONSISTENT_HASHING"
    })
    public String policy;

    /** How many. */
    @Param({"16", "128", "10000"})
    public int servers;

    private List<Server> endpoints;
    private ServerSelector selector;
    private boolean hashes;
    private final String[] keys = new String[Caller.DIFFERENT_CLIENTS];

    /** Makes the selector. */
    @Setup
    public void start() {
      hashes = policy.equals("CONSISTENT_HASHING");
      Arrays.setAll(keys, client -> "10.0." + client / 256 + "." + client % 256);
      LoadBalancer balancer = balancer();
      endpoints = new ArrayList<>();
      for (int i = 0; i < servers; i++) {
        endpoints.add(new Server("s" + i, balancer.newMetrics()));
      }
      selector = balancer.selector(endpoints);
      AtomicInteger client = new AtomicInteger();
      Spread.check(
          servers,
          policy.equals("LEAST_REQUESTS") ? 4 : 50,
          () -> begin(client.incrementAndGet() % Caller.DIFFERENT_CLIENTS));
    }

    int choose(int client) {
      return hashes ? selector.select(keys[client]) : selector.select();
    }

    /** Chooses, and begins a request there. */
    int begin(int client) {
      int chosen = choose(client);
      endpoints.get(chosen).newInteraction().reportRequestBegin();
      return chosen;
    }

    private LoadBalancer balancer() {
      return switch (policy) {
        case "ROUND_ROBIN" -> LoadBalancer.ROUND_ROBIN;
        case "RANDOM" -> LoadBalancer.RANDOM;
        case "POWER_OF_TWO_CHOICES" -> LoadBalancer.POWER_OF_TWO_CHOICES;
        case "LEAST_REQUESTS" -> LoadBalancer.LEAST_REQUESTS;
        case "CONSISTENT_HASHING" ->
            LoadBalancer.consistentHashing(POINTS, LoadBalancer.ROUND_ROBIN);
        default -> throw new IllegalArgumentException(policy);
      };
    }
  }

  /** As Vert.x's own, equal to itself alone: hashing looks for it in the list. */
  private static final class Server implements ServerEndpoint {
    private final String key;
    private final InteractionMetrics<?> metrics;

    Server(String key, InteractionMetrics<?> metrics) {
      this.key = key;
      this.metrics = metrics;
    }

    @Override
    public String key() {
      return key;
    }

    @Override
    public InteractionMetrics<?> metrics() {
      return metrics;
    }

    @Override
    public SocketAddress address() {
      return SocketAddress.inetSocketAddress(8080, key);
    }

    @Override
    public ServerInteraction newInteraction() {
      return new Interaction<>(metrics);
    }

    @Override
    public Object unwrap() {
      return this;
    }
  }

  private static final class Interaction<M> implements ServerInteraction {
    private final InteractionMetrics<M> metrics;
    private final M request;

    Interaction(InteractionMetrics<M> metrics) {
      this.metrics = metrics;
      request = metrics.initiateRequest();
    }

    @Override
    public void reportFailure(Throwable failure) {
      metrics.reportFailure(request, failure);
    }

    @Override
    public void reportRequestBegin() {
      metrics.reportRequestBegin(request);
    }

    @Override
    public void reportRequestEnd() {
      metrics.reportRequestEnd(request);
    }

    @Override
    public void reportResponseBegin() {
      metrics.reportResponseBegin(request);
    }

    @Override
    public void reportResponseEnd() {
      metrics.reportResponseEnd(request);
    }
  }

  /**
   * The choice.
   *
   * @param service among whom
   * @param caller for whom
   * @return the index of the chosen
   */
  @Benchmark
  public int select(Service service, Caller caller) {
    return service.choose(caller.nextNumber());
  }
}

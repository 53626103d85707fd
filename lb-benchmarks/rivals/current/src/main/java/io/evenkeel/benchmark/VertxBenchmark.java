package io.evenkeel.benchmark;

import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.endpoint.InteractionMetrics;
import io.vertx.core.net.endpoint.LoadBalancer;
import io.vertx.core.net.endpoint.ServerEndpoint;
import io.vertx.core.net.endpoint.ServerInteraction;
import io.vertx.core.net.endpoint.ServerSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
 * otherwise; none begins or ends while it is measured.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class VertxBenchmark {

  /** The servers. */
  @State(Scope.Benchmark)
  public static class Service {
    /** Balancer. */
    @Param({"ROUND_ROBIN", "RANDOM", "POWER_OF_TWO_CHOICES", "LEAST_REQUESTS"})
    public String policy;

    /** How many. */
    @Param({"16", "128", "10000"})
    public int servers;

    private ServerSelector selector;

    /** Makes the selector. */
    @Setup
    public void start() {
      LoadBalancer balancer = balancer();
      List<Server> endpoints = new ArrayList<>();
      for (int i = 0; i < servers; i++) {
        endpoints.add(new Server("s" + i, balancer.newMetrics()));
      }
      selector = balancer.selector(endpoints);
      Spread.check(
          servers,
          policy.equals("LEAST_REQUESTS") ? 4 : 50,
          () -> {
            int chosen = selector.select();
            endpoints.get(chosen).newInteraction().reportRequestBegin();
            return chosen;
          });
    }

    private LoadBalancer balancer() {
      return switch (policy) {
        case "ROUND_ROBIN" -> LoadBalancer.ROUND_ROBIN;
        case "RANDOM" -> LoadBalancer.RANDOM;
        case "POWER_OF_TWO_CHOICES" -> LoadBalancer.POWER_OF_TWO_CHOICES;
        case "LEAST_REQUESTS" -> LoadBalancer.LEAST_REQUESTS;
        default -> throw new IllegalArgumentException(policy);
      };
    }
  }

  private record Server(String key, InteractionMetrics<?> metrics) implements ServerEndpoint {
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
   * @return the index of the chosen
   */
  @Benchmark
  public int select(Service service) {
    return service.selector.select();
  }
}

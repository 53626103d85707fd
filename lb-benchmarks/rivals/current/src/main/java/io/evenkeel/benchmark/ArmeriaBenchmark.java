package io.evenkeel.benchmark;

import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.ClientRequestContextWrapper;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.endpoint.EndpointGroup;
import com.linecorp.armeria.client.endpoint.EndpointSelectionStrategy;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
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
 * Armeria: {@code selectNow} of an {@code EndpointGroup} with a fixed list of endpoints.
 *
 * <p>Weights are 1 to 8 by chance; weightedRoundRobin and rampingUp heed them. For rampingUp all
 * endpoints are an hour old, so that none is warming up; else it has its defaults. sticky hashes
 * the client's address, which it finds in a field of the request's context.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class ArmeriaBenchmark {

  /** The endpoints. */
  @State(Scope.Benchmark)
  public static class Service {
    /** Selection strategy. */
    @Param({"roundRobin", "weightedRoundRobin", "rampingUp", "sticky"})
    public String policy;

    /** How many. */
    @Param({"16", "128", "10000"})
    public int servers;

    private EndpointGroup group;

    /** Makes the group. */
    @Setup
    public void start() {
      SplittableRandom random = new SplittableRandom(Pool.SEED);
      List<Endpoint> endpoints = new ArrayList<>();
      for (int i = 0; i < servers; i++) {
        endpoints.add(Endpoint.of("s" + i, 8080).withWeight(1 + random.nextInt(8)));
      }
      group = EndpointGroup.of(strategy(), endpoints);
      Request request = new Request();
      Spread.check(servers, 50, () -> choose(request, request.client + 1), this::share);
    }

    Endpoint choose(Request request, long client) {
      request.client = client;
      return Objects.requireNonNull(group.selectNow(request));
    }

    int share(Endpoint endpoint) {
      return policy.equals("weightedRoundRobin") || policy.equals("rampingUp")
          ? endpoint.weight()
          : 1;
    }

    private EndpointSelectionStrategy strategy() {
      return switch (policy) {
        case "roundRobin" -> EndpointSelectionStrategy.roundRobin();
        case "weightedRoundRobin" -> EndpointSelectionStrategy.weightedRoundRobin();
        case "rampingUp" ->
            EndpointSelectionStrategy.builderForRampingUp()
                .timestampFunction(endpoint -> System.nanoTime() - TimeUnit.HOURS.toNanos(1))
                .build();
        case "sticky" -> EndpointSelectionStrategy.sticky(context -> ((Request) context).client);
        default -> throw new IllegalArgumentException(policy);
      };
    }
  }

  /** A request of which only the client changes. */
  static final class Request extends ClientRequestContextWrapper {
    long client;

    Request() {
      super(ClientRequestContext.of(HttpRequest.of(HttpMethod.GET, "/")));
    }
  }

  /** What a thread sends. */
  @State(Scope.Thread)
  public static class Sender {
    private final Request request = new Request();
  }

  /**
   * The choice.
   *
   * @param service among whom
   * @param sender with which request
   * @param caller for whom
   * @return the chosen
   */
  @Benchmark
  public Endpoint select(Service service, Sender sender, Caller caller) {
    return service.choose(sender.request, caller.next().clientLow());
  }
}

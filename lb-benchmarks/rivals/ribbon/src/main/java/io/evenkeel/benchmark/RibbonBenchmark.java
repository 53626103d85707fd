package io.evenkeel.benchmark;

import com.netflix.loadbalancer.BaseLoadBalancer;
import com.netflix.loadbalancer.BestAvailableRule;
import com.netflix.loadbalancer.IRule;
import com.netflix.loadbalancer.LoadBalancerStats;
import com.netflix.loadbalancer.RandomRule;
import com.netflix.loadbalancer.RoundRobinRule;
import com.netflix.loadbalancer.Server;
import com.netflix.loadbalancer.WeightedResponseTimeRule;
import java.util.ArrayList;
import java.util.List;
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
 * Ribbon: {@code choose} of a rule over a {@code BaseLoadBalancer} with a fixed list of servers and
 * without a ping.
 *
 * <p>For WeightedResponseTimeRule every server has one response time noted, 10 to 17 ms by chance,
 * before the rule computes its weights, which it does again every 30 s. For BestAvailableRule the
 * request that was begun on each server while the balance was checked stays open, if Ribbon still
 * counts it; none begins or ends while it is measured.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class RibbonBenchmark {

  /** The servers. */
  @State(Scope.Benchmark)
  public static class Service {
    /** Rule. */
    @Param({"RoundRobinRule", "RandomRule", "WeightedResponseTimeRule", "BestAvailableRule"})
    public String policy;

    /** How many. */
    @Param({"16", "128", "10000"})
    public int servers;

    private final LoadBalancerStats stats = new LoadBalancerStats("service");
    private IRule rule;

    /** Makes the rule. */
    @Setup
    public void start() {
      BaseLoadBalancer balancer = new BaseLoadBalancer("service", new RoundRobinRule(), stats);
      List<Server> list = new ArrayList<>();
      for (int i = 0; i < servers; i++) {
        list.add(new Server("s" + i, 8080));
      }
      balancer.addServers(list);
      SplittableRandom random = new SplittableRandom(Pool.SEED);
      for (Server server : list) {
        stats.getSingleServerStat(server).noteResponseTime(10 + random.nextInt(8));
      }
      rule = rule();
      rule.setLoadBalancer(balancer);
      Spread.check(servers, policy.equals("BestAvailableRule") ? 1 : 50, this::begin);
    }

    /** Chooses, and begins a request there. */
    Server begin() {
      Server chosen = rule.choose(null);
      stats.getSingleServerStat(chosen).incrementActiveRequestsCount();
      return chosen;
    }

    private IRule rule() {
      return switch (policy) {
        case "RoundRobinRule" -> new RoundRobinRule();
        case "RandomRule" -> new RandomRule();
        case "WeightedResponseTimeRule" -> new WeightedResponseTimeRule();
        case "BestAvailableRule" -> new BestAvailableRule();
        default -> throw new IllegalArgumentException(policy);
      };
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
  public Server select(Service service, Caller caller) {
    caller.next();
    return service.rule.choose(null);
  }
}

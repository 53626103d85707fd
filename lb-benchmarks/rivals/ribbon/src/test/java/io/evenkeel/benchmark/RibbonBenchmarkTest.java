package io.evenkeel.benchmark;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RibbonBenchmarkTest {
  private static final int SERVERS = 16;

  private final RibbonBenchmark.Service service = new RibbonBenchmark.Service();

  static Stream<String> policies() {
    return Spread.policies(RibbonBenchmark.Service.class);
  }

  private void start(String policy) {
    service.policy = policy;
    service.servers = SERVERS;
    service.start();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void choose_manyRequests_everyServerGetsItsShare(String policy) {
    start(policy);
    Spread.check(
        SERVERS,
        200,
        service::begin,
        chosen -> 1,
        switch (policy) {
          case "RoundRobinRule", "BestAvailableRule" -> 1;
          // Its weights are nearly the same: what all others answer in.
          case "RandomRule", "WeightedResponseTimeRule" -> 2;
          default -> throw new IllegalArgumentException(policy);
        });
  }
}

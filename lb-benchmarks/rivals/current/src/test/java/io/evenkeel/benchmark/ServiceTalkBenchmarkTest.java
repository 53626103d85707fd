package io.evenkeel.benchmark;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ServiceTalkBenchmarkTest {
  private static final int SERVERS = 16;

  private final ServiceTalkBenchmark.Service service = new ServiceTalkBenchmark.Service();

  static Stream<String> policies() {
    return Spread.policies(ServiceTalkBenchmark.Service.class);
  }

  private void start(String policy) {
    service.policy = policy;
    service.servers = SERVERS;
    service.start();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void select_manyRequests_everyHostGetsItsShare(String policy) {
    start(policy);
    Spread.check(
        SERVERS,
        200,
        service::begin,
        chosen -> 1,
        switch (policy) {
          case "roundRobin" -> 1;
          // By chance alone, one of the hosts would be further off.
          case "p2c" -> 1.05;
          default -> throw new IllegalArgumentException(policy);
        });
  }
}

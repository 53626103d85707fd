package io.evenkeel.benchmark;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpringCloudBenchmarkTest {
  private static final int SERVERS = 16;

  private final SpringCloudBenchmark.Service service = new SpringCloudBenchmark.Service();

  static Stream<String> policies() {
    return Spread.policies(SpringCloudBenchmark.Service.class);
  }

  private void start(String policy) {
    service.policy = policy;
    service.servers = SERVERS;
    service.start();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void choose_manyTimes_everyInstanceGetsItsShare(String policy) {
    start(policy);
    Spread.check(
        SERVERS,
        200,
        service::choose,
        chosen -> 1,
        switch (policy) {
          case "RoundRobin" -> 1;
          case "Random" -> 2;
          default -> throw new IllegalArgumentException(policy);
        });
  }
}

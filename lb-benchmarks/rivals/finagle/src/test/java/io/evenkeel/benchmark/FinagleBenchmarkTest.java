package io.evenkeel.benchmark;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FinagleBenchmarkTest {
  private static final int SERVERS = 16;

  private final FinagleBenchmark.Endpoints service = new FinagleBenchmark.Endpoints();

  static Stream<String> policies() {
    return Spread.policies(FinagleBenchmark.Endpoints.class);
  }

  private void start(String policy) {
    service.policy = policy;
    service.servers = SERVERS;
    service.start();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void take_notGivenBack_everyEndpointGetsItsShare(String policy) {
    start(policy);
    Spread.check(
        SERVERS,
        200,
        () -> FinagleBenchmark.result(service.take().apply(0)),
        chosen -> 1,
        switch (policy) {
          case "roundRobin", "heap" -> 1;
          // By chance alone, one of the endpoints would be further off.
          case "p2c" -> 1.05;
          case "p2cPeakEwma" -> 2;
          default -> throw new IllegalArgumentException(policy);
        });
  }
}

package io.evenkeel.benchmark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StorkBenchmarkTest {
  private static final int SERVERS = 16;

  private final StorkBenchmark.Service service = new StorkBenchmark.Service();

  static Stream<String> policies() {
    return Spread.policies(StorkBenchmark.Service.class);
  }

  private void start(String policy) {
    service.policy = policy;
    service.servers = SERVERS;
    service.start();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void select_manyRequests_everyInstanceGetsItsShare(String policy) {
    start(policy);
    Spread.check(
        SERVERS,
        200,
        service::begin,
        chosen -> 1,
        switch (policy) {
          case "round-robin", "least-requests" -> 1;
          // By chance alone, one of the instances would be further off.
          case "power-of-two-choices" -> 1.05;
          // They answer after 10 to 17 ms.
          case "least-response-time" -> 1.7;
          default -> throw new IllegalArgumentException(policy);
        });
  }

  @Test
  void select_leastResponseTime_slowInstanceGetsLess() {
    start("least-response-time");
    service.latencies[0] = 10_000;
    int slow = 0;
    for (int i = 0; i < 100 * SERVERS; i++) {
      slow += service.begin() == 0 ? 1 : 0;
    }
    assertTrue(slow < 50, () -> "of 100 due");
  }
}

package io.evenkeel.benchmark;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GrpcBenchmarkTest {
  private static final int SERVERS = 16;

  private final GrpcBenchmark.Service service = new GrpcBenchmark.Service();

  static Stream<String> policies() {
    return Spread.policies(GrpcBenchmark.Service.class);
  }

  private void start(String policy) {
    service.policy = policy;
    service.servers = SERVERS;
    service.start();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void pick_manyCalls_everyServerGetsItsShare(String policy) {
    start(policy);
    GrpcBenchmark.Call call = new GrpcBenchmark.Call();
    Spread.check(
        SERVERS,
        200,
        () -> service.begin(call),
        service::share,
        switch (policy) {
          case "round_robin" -> 1;
          case "weighted_round_robin" -> 1.05;
          // By chance alone, one of the servers would be further off.
          case "least_request_experimental" -> 1.05;
          default -> throw new IllegalArgumentException(policy);
        });
  }
}

package io.evenkeel.benchmark;

import static org.junit.jupiter.api.Assertions.assertSame;

import com.linecorp.armeria.client.Endpoint;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArmeriaBenchmarkTest {
  private static final int SERVERS = 16;

  private final ArmeriaBenchmark.Service service = new ArmeriaBenchmark.Service();

  static Stream<String> policies() {
    return Spread.policies(ArmeriaBenchmark.Service.class);
  }

  private void start(String policy) {
    service.policy = policy;
    service.servers = SERVERS;
    service.start();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void select_manyClients_everyEndpointGetsItsShare(String policy) {
    start(policy);
    ArmeriaBenchmark.Request request = new ArmeriaBenchmark.Request();
    Spread.check(
        SERVERS,
        1000,
        () -> service.choose(request, request.client + 1),
        service::share,
        switch (policy) {
          case "roundRobin" -> 1;
          case "weightedRoundRobin" -> 1.01;
          case "rampingUp" -> 1.05;
          case "sticky" -> 1.2;
          default -> throw new IllegalArgumentException(policy);
        });
  }

  @Test
  void select_sticky_sameClientStays() {
    start("sticky");
    ArmeriaBenchmark.Request request = new ArmeriaBenchmark.Request();
    for (long client = 0; client < 1000; client++) {
      Endpoint endpoint = service.choose(request, client);
      service.choose(request, client + 1);
      assertSame(endpoint, service.choose(request, client));
    }
  }
}

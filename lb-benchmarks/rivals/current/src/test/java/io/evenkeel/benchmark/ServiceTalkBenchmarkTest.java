package io.evenkeel.benchmark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
        () -> service.answer(ServiceTalkBenchmark.ANSWER_NANOS),
        chosen -> 1,
        switch (policy) {
          case "roundRobin" -> 1;
          case "p2c" -> ServiceTalkBenchmark.SLACK_BY_LATENCY;
          default -> throw new IllegalArgumentException(policy);
        });
  }

  @Test
  void select_p2c_slowHostsGetNothing() {
    start("p2c");
    Set<String> slow = new HashSet<>();
    for (int i = 0; i < SERVERS / 2; i++) {
      slow.add(service.answer(10 * ServiceTalkBenchmark.ANSWER_NANOS));
    }
    int chosen = 0;
    for (int i = 0; i < 100 * SERVERS; i++) {
      chosen += slow.contains(service.answer(ServiceTalkBenchmark.ANSWER_NANOS)) ? 1 : 0;
    }
    // By chance it would be nearly half of them.
    assertTrue(chosen < 40 * SERVERS, chosen + " of " + 100 * SERVERS);
  }
}

package io.evenkeel.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GuavaBenchmarkTest {
  private static final int SERVERS = 16;

  private final GuavaBenchmark.Service service = new GuavaBenchmark.Service();

  static Stream<String> policies() {
    return Spread.policies(GuavaBenchmark.Service.class);
  }

  private void start(String policy) {
    service.policy = policy;
    service.servers = SERVERS;
    service.start();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void choose_manyClients_everyServerGetsItsShare(String policy) {
    start(policy);
    AtomicInteger client = new AtomicInteger();
    Spread.check(SERVERS, 1000, () -> service.choose(client.getAndIncrement()), chosen -> 1, 1.2);
  }

  @Test
  void choose_sameClient_stays() {
    start("consistentHash");
    for (int client = 0; client < 1000; client++) {
      int server = service.choose(client);
      service.choose(client + 1);
      assertEquals(server, service.choose(client));
    }
  }
}

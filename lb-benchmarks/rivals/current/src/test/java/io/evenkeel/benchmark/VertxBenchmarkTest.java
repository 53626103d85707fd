package io.evenkeel.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VertxBenchmarkTest {
  private static final int SERVERS = 16;

  private final VertxBenchmark.Service service = new VertxBenchmark.Service();

  static Stream<String> policies() {
    return Spread.policies(VertxBenchmark.Service.class);
  }

  private void start(String policy) {
    service.policy = policy;
    service.servers = SERVERS;
    service.start();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void select_manyClients_everyServerGetsItsShare(String policy) {
    start(policy);
    AtomicInteger client = new AtomicInteger();
    Spread.check(
        SERVERS,
        200,
        () -> service.begin(client.getAndIncrement()),
        chosen -> 1,
        switch (policy) {
          case "ROUND_ROBIN", "LEAST_REQUESTS" -> 1;
          // By chance alone, one of the servers would be further off.
          case "POWER_OF_TWO_CHOICES" -> 1.05;
          case "RANDOM" -> 2;
          // Its hashes are not well spread: about half of them begin with the same bits.
          case "CONSISTENT_HASHING" -> 4;
          default -> throw new IllegalArgumentException(policy);
        });
  }

  @Test
  void select_hashing_sameClientStays() {
    start("CONSISTENT_HASHING");
    for (int client = 0; client < 1000; client++) {
      int server = service.choose(client);
      service.choose(client + 1);
      assertEquals(server, service.choose(client));
    }
  }
}

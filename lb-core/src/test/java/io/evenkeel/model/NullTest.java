package io.evenkeel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What may not be null says so where it is said, and not where it is used. */
class NullTest {
  private static final VirtualAddress V = ServiceKey.tcp("v:80");
  private static final Duration SECOND = Duration.ofSeconds(1);

  static Stream<Arguments> nulls() {
    VirtualService.Builder builder = VirtualService.builder(V);
    return Stream.of(
        say("protocol", () -> new VirtualAddress(null, V.endpoint())),
        say("endpoint", () -> new VirtualAddress(Protocol.TCP, null)),
        say("endpoint", () -> RealServer.of((Endpoint) null)),
        say("probe", () -> CheckSpec.of(null)),
        say("interval", () -> timing(null, SECOND, SECOND)),
        say("retryInterval", () -> timing(SECOND, null, SECOND)),
        say("timeout", () -> timing(SECOND, SECOND, null)),
        say("interval", () -> OutlierSpec.none().every(null)),
        say("baseEjection", () -> OutlierSpec.none().ejection(null, SECOND)),
        say("maxEjection", () -> OutlierSpec.none().ejection(SECOND, null)),
        say("least", () -> new OutlierSpec.Latency(1, 2, null)),
        say("openTime", () -> new BreakerSpec(50, 1, 1, null, 1)),
        say("kind", () -> new Change(null, V, null, "text")),
        say("service", () -> new Change(Change.Kind.ADD_SERVICE, null, null, "text")),
        say("text", () -> new Change(Change.Kind.ADD_SERVICE, V, null, null)),
        say("key", () -> service(null, List.of(V), "rr", List.of())),
        say("addresses", () -> service(V, null, "rr", List.of())),
        say("scheduler", () -> service(V, List.of(V), null, List.of())),
        say("realServers", () -> service(V, List.of(V), "rr", null)),
        say("key", () -> VirtualService.builder(null)),
        say("address", () -> builder.address(null)),
        say("name", () -> builder.scheduler(null)),
        say("server", () -> builder.realServer((RealServer) null)),
        say("probe", () -> builder.check((Probe) null)),
        say("spec", () -> builder.check((CheckSpec) null)),
        say("spec", () -> builder.persistent((PersistenceSpec) null)),
        say("how", () -> builder.slowStart(null)));
  }

  private static CheckTiming timing(Duration interval, Duration retry, Duration timeout) {
    return new CheckTiming(interval, retry, SECOND, SECOND, timeout, SECOND);
  }

  private static Arguments say(String name, Executable call) {
    return Arguments.of(name, call);
  }

  private static VirtualService service(
      ServiceKey key, List<VirtualAddress> addresses, String scheduler, List<RealServer> servers) {
    return new VirtualService(
        key, addresses, scheduler, servers, null, null, null, false, Isolation.DEFAULT);
  }

  @ParameterizedTest
  @MethodSource("nulls")
  void new_null_isNamed(String name, Executable call) {
    assertEquals(name, assertThrows(NullPointerException.class, call).getMessage());
  }
}

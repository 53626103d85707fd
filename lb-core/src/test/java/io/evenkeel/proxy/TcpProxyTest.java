package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TcpProxyTest {

  static Stream<Arguments> wrongValues() {
    return Stream.of(
        wrong("maxConnections: 0", b -> b.maxConnections(0, TcpProxy.WhenFull.CLOSE)),
        wrong("backlog: -1", b -> b.backlog(-1)),
        wrong("connectAttempts: 0", b -> b.connectAttempts(0)),
        wrong("connectTimeout: PT0S", b -> b.connectTimeout(Duration.ZERO)),
        wrong("idleTimeout: PT24H0.001S", b -> b.idleTimeout(Duration.ofDays(1).plusMillis(1))));
  }

  private static Arguments wrong(String start, Consumer<TcpProxy.Builder> setter) {
    return Arguments.of(start, setter);
  }

  @ParameterizedTest
  @MethodSource("wrongValues")
  void builder_valueOutOfRange_saysWhatIsExpected(String start, Consumer<TcpProxy.Builder> setter) {
    TcpProxy.Builder builder = TcpProxy.builder();

    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> setter.accept(builder));

    String range = start.contains("Timeout") ? "1 ms..1 day" : "1 or more";
    assertEquals(start + " (expected: " + range + ")", e.getMessage());
  }
}

package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.DataPlane;
import io.evenkeel.PlaneContext;
import io.evenkeel.model.Forwarding;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import io.evenkeel.transport.Transport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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

  @Test
  void builder_null_throws() {
    TcpProxy.Builder builder = TcpProxy.builder();

    assertThrows(NullPointerException.class, () -> builder.maxConnections(1, null));
    assertThrows(NullPointerException.class, () -> builder.whenRemoved(null));
  }

  @Test
  void validate_whatAProxyCannotDo_isRefused() {
    // Its thread would start with the first task.
    EventLoopGroup group = Transport.NIO.newGroup(1, "test");
    DataPlane plane =
        TcpProxy.create()
            .create(
                new PlaneContext(
                    group,
                    ByteBufAllocator.DEFAULT,
                    new SimpleMeterRegistry(),
                    (service, text) -> {}));
    ServiceKey udp = ServiceKey.udp("v:53");

    assertEquals(
        List.of(
            "virtual service: tcp v:0 (expected by the TCP proxy: a port)",
            "virtual service: udp v:53 (expected by the TCP proxy: tcp)",
            "virtual service: mark m: tcp w:0 (expected by the TCP proxy: a port)"),
        plane.validate(
            List.of(
                VirtualService.tcp("v:0").persistent(PersistenceSpec.perClient()).build(),
                VirtualService.tcp("v:80").build(),
                VirtualService.builder(udp).build(),
                VirtualService.mark("m")
                    .address(ServiceKey.tcp("w:80"))
                    .address(ServiceKey.tcp("w:0"))
                    .address(ServiceKey.udp("w:53"))
                    .build())));
    assertEquals(
        List.of(
            "real server: r:80 of tcp v:80, forwarding direct"
                + " (expected by the TCP proxy: masquerading)",
            "real server: s:80 of tcp v:80, forwarding gue:6080 checksum present"
                + " (expected by the TCP proxy: masquerading)"),
        plane.validate(
            List.of(
                VirtualService.tcp("v:80")
                    .realServer(RealServer.of("r:80").withForwarding(Forwarding.direct()))
                    .realServer("q:80")
                    .sorryServer(
                        RealServer.of("s:80")
                            .withForwarding(Forwarding.gue(6080, Forwarding.Checksum.PRESENT)))
                    .build())));
    group.shutdownGracefully();
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

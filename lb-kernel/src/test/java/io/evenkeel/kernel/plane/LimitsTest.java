package io.evenkeel.kernel.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.model.BreakerSpec;
import io.evenkeel.model.FailureAction;
import io.evenkeel.model.Forwarding;
import io.evenkeel.model.Isolation;
import io.evenkeel.model.OutlierSpec;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.SlowStart;
import io.evenkeel.model.VirtualService;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {
  private static VirtualService.Builder web() {
    return VirtualService.tcp("192.0.2.1:80").scheduler("wlc");
  }

  private static void assertFine(VirtualService... services) {
    assertEquals(List.of(), Limits.problems(List.of(services), false));
  }

  private static void assertRefused(VirtualService service, String what, String expected) {
    assertEquals(
        List.of(
            what + " of " + service.key() + " (expected by the kernel's IPVS: " + expected + ")"),
        Limits.problems(List.of(service), false));
  }

  private static VirtualService persistent(UnaryOperator<PersistenceSpec> change) {
    return web().persistent(change.apply(PersistenceSpec.perClient())).build();
  }

  private static VirtualService isolated(UnaryOperator<Isolation> change) {
    return web().isolation(change.apply(Isolation.DEFAULT)).build();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rr",
        "wrr",
        "lc",
        "wlc",
        "sed",
        "nq",
        "fo",
        "ovf",
        "twos",
        "sh",
        "dh",
        "mh",
        "lblc",
        "lblcr",
        "rr:exact",
        "wrr:exact",
        "sh:sh-port",
        "mh:mh-fallback,mh-port"
      })
  void problems_schedulerOfTheKernel_areNone(String scheduler) {
    assertFine(web().scheduler(scheduler).build());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "p2c",
        "ewma",
        "ring",
        "maglev",
        "random",
        "rendezvous",
        "swrr",
        "mh:size=251",
        "wlc:exact",
        "sh:mh-port",
        "dh:dh-port",
        "sh:"
      })
  void problems_otherScheduler_isNamed(String scheduler) {
    assertRefused(
        web().scheduler(scheduler).build(),
        "scheduler: " + scheduler,
        "rr, wrr, lc, wlc, sed, nq, fo, ovf, twos, dh, lblc, lblcr,"
            + " or sh or mh, which may have -port and -fallback");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "4294967295"})
  void problems_markWithANumber_areNone(String name) {
    assertFine(VirtualService.mark(name).address(ServiceKey.tcp("192.0.2.1:80")).build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"shop", "0", "05", "4294967296", "1.5", "99999999999"})
  void problems_markWithAnotherName_isNamed(String name) {
    assertRefused(
        VirtualService.mark(name).address(ServiceKey.tcp("192.0.2.1:80")).build(),
        "its name: " + name,
        "the packets' mark, 1..4294967295");
  }

  @Test
  void problems_hostName_isNamed() {
    String expected = "an IPv4 or IPv6 address without a scope";
    assertRefused(
        VirtualService.tcp("web.example:80").build(), "address: web.example:80", expected);
    assertRefused(
        web().realServer("web-1.example:80").build(), "real server: web-1.example:80", expected);
  }

  @Test
  void problems_slowStart_isNamed() {
    SlowStart slowStart = SlowStart.over(Duration.ofSeconds(9));

    assertRefused(web().slowStart(slowStart).build(), "slow start: " + slowStart, "none");
  }

  @Test
  void problems_persistence_isWhatTheKernelHas() {
    assertFine(persistent(spec -> spec));
    assertFine(persistent(spec -> spec.timeout(Duration.ofDays(31)).prefixes(0, 1)));
    assertRefused(
        persistent(spec -> spec.timeout(Duration.ofMillis(1500))),
        "persistence timeout: PT1.5S",
        "whole seconds");
    assertRefused(persistent(spec -> spec.prefixes(24, 0)), "persistence IPv6 prefix: 0", "1..128");
    assertRefused(
        persistent(spec -> spec.maxTemplates(5)),
        "persistence templates: 5",
        "1000000, the default, as the kernel's memory bounds them");
  }

  @Test
  void problems_expireQuiescentInSome_isNamed() {
    VirtualService expiring = persistent(spec -> spec.expireQuiescent(true));
    VirtualService other =
        VirtualService.tcp("192.0.2.2:80").persistent(PersistenceSpec.perClient()).build();
    VirtualService none = VirtualService.tcp("192.0.2.3:80").build();

    assertFine(expiring, none);
    assertFine(other, none);
    assertEquals(
        List.of(
            "expireQuiescent: true of tcp 192.0.2.1:80 (expected by the kernel's IPVS: the same in"
                + " all persistent services, it is false in tcp 192.0.2.2:80: the kernel's"
                + " expire_quiescent_template is one for all)"),
        Limits.problems(List.of(other, expiring, none), false));
  }

  @Test
  void problems_quiesceWithTemplates_isNamed() {
    VirtualService quiescing = isolated(i -> i.onFailure(FailureAction.QUIESCE));

    assertFine(quiescing);
    assertFine(quiescing.withPersistence(PersistenceSpec.perClient().expireQuiescent(true)));
    assertRefused(
        quiescing.withPersistence(PersistenceSpec.perClient()),
        "on failure: quiesce",
        "remove or inhibit, or persistence with expireQuiescent");
  }

  @Test
  void problems_failedConnections_areNotSeen() {
    BreakerSpec breaker = BreakerSpec.standard();
    OutlierSpec outliers = OutlierSpec.standard();
    String expected = "none, as it shows no failed connections";

    assertRefused(isolated(i -> i.breaker(breaker)), "breaker: " + breaker, expected);
    assertRefused(isolated(i -> i.outliers(outliers)), "outliers: " + outliers, expected);
  }

  @Test
  void problems_closeConnections_needsTheSwitch() {
    VirtualService closing = isolated(i -> i.closeConnections(true));

    assertRefused(closing, "closeConnections: true", "false, or a plane with expireNodest");
    assertEquals(List.of(), Limits.problems(List.of(closing), true));
  }

  @Test
  void problems_otherFamily_needsATunnel() {
    RealServer server = RealServer.of("[2001:db8::1]:80");

    assertFine(web().realServer(server.withForwarding(Forwarding.tunnel())).build());
    assertFine(
        VirtualService.mark("7")
            .address(ServiceKey.tcp("192.0.2.1:80"))
            .address(ServiceKey.tcp("[2001:db8::9]:80"))
            .realServer(server)
            .build());
    assertRefused(
        web().realServer(server).build(),
        "real server: [2001:db8:0:0:0:0:0:1]:80",
        "one of the service's address family, or a tunnel to it");
  }

  @Test
  void problems_otherPort_needsMasquerading() {
    RealServer server = RealServer.of("192.0.2.9:8080");

    assertFine(web().realServer(server).build());
    assertFine(
        web()
            .realServer(RealServer.of("192.0.2.9:80").withForwarding(Forwarding.direct()))
            .build());
    assertRefused(
        web().realServer(server.withForwarding(Forwarding.direct())).build(),
        "real server: 192.0.2.9:8080 with direct",
        "the service's port, as only masquerading changes it");
    assertRefused(
        web().sorryServer(server.withForwarding(Forwarding.tunnel())).build(),
        "real server: 192.0.2.9:8080 with ipip",
        "the service's port, as only masquerading changes it");
  }

  @Test
  void problems_portOfPersistentMark_wouldBeIgnored() {
    VirtualService mark =
        VirtualService.mark("7")
            .address(ServiceKey.tcp("192.0.2.1:80"))
            .realServer("192.0.2.9:8080")
            .build();

    assertFine(mark);
    assertRefused(
        mark.withPersistence(PersistenceSpec.perClient()),
        "real server: 192.0.2.9:8080",
        "port 0, as a persistent service of many ports keeps the one that was asked for");
  }
}

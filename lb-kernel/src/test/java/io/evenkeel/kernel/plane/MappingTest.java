package io.evenkeel.kernel.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.InvalidConfigurationException;
import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsMark;
import io.evenkeel.kernel.ipvs.IpvsPersistence;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.ipvs.SchedulerFlag;
import io.evenkeel.model.AdminState;
import io.evenkeel.model.Forwarding;
import io.evenkeel.model.Isolation;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class MappingTest {
  private static final IpvsKey WEB = Tables.tcp("192.0.2.1", 80);

  private static Map<IpvsKey, Wanted> wanted(Predicate<Destination> isCut, VirtualService service) {
    return Mapping.of(Recorder.of(service).services, isCut);
  }

  private static Map<IpvsKey, Wanted> wanted(VirtualService service) {
    return wanted(cell -> false, service);
  }

  private static List<String> listed(Wanted wanted) {
    List<String> all = new ArrayList<>();
    wanted.listing().destinations().forEach(destination -> all.add(destination.toString()));
    return all;
  }

  private static VirtualService.Builder web() {
    return VirtualService.tcp("192.0.2.1:80").scheduler("rr");
  }

  @Test
  void of_servers_areTheNewestFirstWithTheirSettings() {
    VirtualService service =
        web()
            .realServer(RealServer.of("192.0.2.2:8080").withWeight(3).withThresholds(9, 5))
            .realServer(RealServer.of("192.0.2.3:80").withForwarding(Forwarding.direct()))
            .realServer(
                RealServer.of("[2001:db8::4]:80")
                    .withForwarding(Forwarding.gue(6080, Forwarding.Checksum.REMOTE)))
            .build();

    assertEquals(
        List.of(
            "[2001:db8::4]:80 TUNNEL IpvsTunnel[type=GUE, port=6080, checksum=REMOTE]"
                + " weight 1",
            "192.0.2.3:80 DIRECT weight 1",
            "192.0.2.2:8080 MASQUERADE weight 3 thresholds 9/5"),
        listed(wanted(service).get(WEB)));
  }

  @Test
  void of_service_hasItsSettings() {
    VirtualService service =
        web()
            .scheduler("sh:sh-fallback")
            .persistent(
                PersistenceSpec.perClient().timeout(Duration.ofSeconds(90)).prefixes(24, 64))
            .build();

    assertEquals(
        new IpvsService(
            WEB, "sh", Set.of(SchedulerFlag.FIRST), new IpvsPersistence(90, 24, null), false),
        wanted(service).get(WEB).listing().service());
  }

  @Test
  void of_onePacket_isOnePacket() {
    VirtualService service =
        VirtualService.builder(ServiceKey.udp("192.0.2.1:53")).onePacket().build();

    assertEquals(
        List.of(true),
        wanted(service).values().stream().map(w -> w.listing().service().onePacket()).toList());
  }

  @Test
  void of_markOfBothFamilies_isTwoServicesWithTheirOwnServers() {
    VirtualService service =
        VirtualService.mark("7")
            .scheduler("rr")
            .address(ServiceKey.tcp("192.0.2.1:80"))
            .address(ServiceKey.udp("[2001:db8::1]:80"))
            .persistent(PersistenceSpec.perClient().prefixes(24, 64))
            .realServer("192.0.2.2:0")
            .realServer("[2001:db8::2]:0")
            .build();
    IpvsKey four = new IpvsMark(7, AddressFamily.IPV4);
    IpvsKey six = new IpvsMark(7, AddressFamily.IPV6);

    Map<IpvsKey, Wanted> wanted = wanted(service);

    assertEquals(Set.of(four, six), wanted.keySet());
    assertEquals(List.of("192.0.2.2:0 MASQUERADE weight 1"), listed(wanted.get(four)));
    assertEquals(List.of("[2001:db8::2]:0 MASQUERADE weight 1"), listed(wanted.get(six)));
    assertEquals(
        new IpvsPersistence(300, 64, null), wanted.get(six).listing().service().persistence());
  }

  @Test
  void of_drainedAndInMaintenance_isQuiescedAndOut() {
    VirtualService service =
        web()
            .realServer(RealServer.of("192.0.2.2:80").withAdmin(AdminState.DRAIN))
            .realServer(RealServer.of("192.0.2.3:80").withAdmin(AdminState.MAINTENANCE))
            .realServer("192.0.2.4:80")
            .build();

    Wanted wanted = wanted(service).get(WEB);

    assertEquals(
        List.of("192.0.2.4:80 MASQUERADE weight 1", "192.0.2.2:80 MASQUERADE weight 0"),
        listed(wanted));
    assertEquals(Set.of(), wanted.dropped(), "its connections run on");
  }

  @Test
  void of_cutAndQuiesced_isOut() {
    VirtualService service =
        web()
            .realServer(RealServer.of("192.0.2.2:80").withWeight(0))
            .realServer("192.0.2.3:80")
            .build();

    Wanted wanted = wanted(cell -> true, service).get(WEB);

    assertEquals(List.of("192.0.2.3:80 MASQUERADE weight 1"), listed(wanted));
    assertEquals(Set.of(new Listing.Place(Tables.address("192.0.2.2"), 80)), wanted.dropped());
  }

  @Test
  void of_withoutQuorum_isTheSorryServer() {
    VirtualService service =
        web()
            .isolation(Isolation.DEFAULT.quorum(2, 0))
            .realServer("192.0.2.2:80")
            .realServer(RealServer.of("192.0.2.3:80").withWeight(0))
            .sorryServer(RealServer.of("192.0.2.9:80").withWeight(7))
            .build();

    assertEquals(
        List.of("192.0.2.9:80 MASQUERADE weight 1", "192.0.2.3:80 MASQUERADE weight 0"),
        listed(wanted(service).get(WEB)));
  }

  @Test
  void start_notForTheKernel_isRefusedByName() {
    assertEquals(
        "scheduler: p2c of tcp 192.0.2.1:80 (expected by the kernel's IPVS: rr, wrr, lc, wlc, sed,"
            + " nq, fo, ovf, twos, dh, lblc, lblcr, or sh or mh, which may have -port and"
            + " -fallback)",
        assertThrows(
                InvalidConfigurationException.class, () -> wanted(web().scheduler("p2c").build()))
            .getMessage());
  }
}

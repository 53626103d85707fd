package io.evenkeel.kernel.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.ForwardingMethod;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsPersistence;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.ipvs.IpvsStats;
import io.evenkeel.kernel.ipvs.SchedulerFlag;
import io.evenkeel.kernel.plane.Listing.Place;
import io.evenkeel.model.ServiceKey;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeavingTest {
  private static final IpvsKey WEB = Tables.tcp("10.0.0.1", 80);
  private static final IpvsDestination A = Tables.server("10.0.0.2", 5);
  private static final IpvsDestination B = Tables.server("10.0.0.3", 1);
  private static final Place PLACE_A = Place.of(A);

  private final Leaving leaving = new Leaving(false, (key, place) -> false);
  private IpvsService service = IpvsService.of(WEB, "rr");

  private Map<IpvsKey, Observed> observed(long activeA, long inactiveA) {
    DestinationStatus a = new DestinationStatus(A, activeA, inactiveA, 0, IpvsStats.ZERO);
    DestinationStatus b = new DestinationStatus(B, 7, 7, 0, IpvsStats.ZERO);
    return Map.of(WEB, new Observed(service, IpvsStats.ZERO, List.of(a, b)));
  }

  private Map<IpvsKey, Wanted> wantedB(Set<Place> dropped) {
    return Map.of(
        WEB,
        new Wanted(
            ServiceKey.tcp("10.0.0.1:80"), new Listing(service, List.of(B)), Map.of(), dropped));
  }

  private List<IpvsDestination> left(
      Leaving how, Map<IpvsKey, Observed> is, Map<IpvsKey, Wanted> wanted) {
    Listing listing = how.table(is, wanted).get(WEB);
    return listing == null ? List.of() : listing.destinations();
  }

  @Test
  void table_removedWithConnections_staysWithWeight0() {
    assertEquals(List.of(B, A.withWeight(0)), left(leaving, observed(1, 0), wantedB(Set.of())));
    assertEquals(List.of(B, A.withWeight(0)), left(leaving, observed(0, 1), wantedB(Set.of())));
  }

  @Test
  void table_removedWithout_isGone() {
    assertEquals(List.of(B), left(leaving, observed(0, 0), wantedB(Set.of())));
  }

  @Test
  void table_downWithConnections_isGone() {
    assertEquals(List.of(B), left(leaving, observed(1, 1), wantedB(Set.of(PLACE_A))));
  }

  @Test
  void table_cutWithConnections_isGone() {
    Leaving cutting = new Leaving(false, (key, place) -> place.equals(PLACE_A));

    assertEquals(List.of(B), left(cutting, observed(1, 1), wantedB(Set.of())));
  }

  @Test
  void table_persistent_isGoneUnlessTemplatesExpire() {
    service = new IpvsService(WEB, "rr", Set.of(), new IpvsPersistence(60, 32, null), false);
    Leaving expiring = new Leaving(true, (key, place) -> false);

    assertEquals(List.of(B), left(leaving, observed(1, 0), wantedB(Set.of())));
    assertEquals(List.of(B, A.withWeight(0)), left(expiring, observed(1, 0), wantedB(Set.of())));
  }

  @Test
  void table_hashThatRefuses_isGone() {
    service = IpvsService.of(WEB, "dh");
    assertEquals(List.of(B), left(leaving, observed(1, 0), wantedB(Set.of())));
    service = IpvsService.of(WEB, "sh");
    assertEquals(List.of(B), left(leaving, observed(1, 0), wantedB(Set.of())));
    service = IpvsService.of(WEB, "mh");
    assertEquals(List.of(B), left(leaving, observed(1, 0), wantedB(Set.of())));
    service = new IpvsService(WEB, "mh", Set.of(SchedulerFlag.FIRST), null, false);
    assertEquals(List.of(B, A.withWeight(0)), left(leaving, observed(1, 0), wantedB(Set.of())));
    service = new IpvsService(WEB, "sh", Set.of(SchedulerFlag.FIRST), null, false);
    assertEquals(List.of(B, A.withWeight(0)), left(leaving, observed(1, 0), wantedB(Set.of())));
  }

  @Test
  void table_removedService_keepsThoseThatAreBusy() {
    assertEquals(List.of(B.withWeight(0)), left(leaving, observed(0, 0), Map.of()));
    assertEquals(
        List.of(A.withWeight(0), B.withWeight(0)), left(leaving, observed(0, 1), Map.of()));
  }

  /** The kernel's client refuses to set it, so it could only be kept as it is. */
  @Test
  void table_othersMappedPortThatIsNotMapped_isGone() {
    IpvsDestination direct = IpvsDestination.of(A.address(), 8080, ForwardingMethod.DIRECT, 1);
    DestinationStatus busy = new DestinationStatus(direct, 1, 1, 0, IpvsStats.ZERO);
    Map<IpvsKey, Observed> is = Map.of(WEB, new Observed(service, IpvsStats.ZERO, List.of(busy)));

    assertEquals(List.of(B), left(leaving, is, wantedB(Set.of())));
    assertEquals(List.of(), left(leaving, is, Map.of()));
  }

  private Map<IpvsKey, Wanted> wantedOf(IpvsKey key) {
    IpvsService all =
        new IpvsService(key, "rr", Set.of(), new IpvsPersistence(60, 32, null), false);
    return Map.of(
        key,
        new Wanted(
            ServiceKey.tcp("10.0.0.1:80"), new Listing(all, List.of(B)), Map.of(), Set.of()));
  }

  /** The kernel would find the removed one first, and refuse. */
  @Test
  void table_removedServiceOfAnAddressWithAllPorts_isGone() {
    assertEquals(List.of(), left(leaving, observed(1, 0), wantedOf(Tables.tcp("10.0.0.1", 0))));

    List<IpvsDestination> both = List.of(A.withWeight(0), B.withWeight(0));
    assertEquals(both, left(leaving, observed(1, 0), wantedOf(Tables.tcp("10.0.0.2", 0))));
    assertEquals(both, left(leaving, observed(1, 0), wantedOf(Tables.tcp("10.0.0.1", 81))));
    IpvsKey udp = new IpvsAddress(IpvsProtocol.UDP, Tables.address("10.0.0.1"), 0);
    assertEquals(both, left(leaving, observed(1, 0), wantedOf(udp)));
  }
}

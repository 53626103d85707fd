package io.evenkeel.kernel.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.ipvs.ForwardingMethod;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.ipvs.SchedulerFlag;
import io.evenkeel.kernel.plane.Listing.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableDiffTest {
  private static final IpvsKey WEB = Tables.tcp("10.0.0.1", 80);
  private static final IpvsDestination A = Tables.server("10.0.0.2", 1);
  private static final IpvsDestination B = Tables.server("10.0.0.3", 1);
  private static final IpvsDestination C = Tables.server("10.0.0.4", 1);

  private static Map<IpvsKey, Listing> table(IpvsService service, IpvsDestination... newestFirst) {
    return Map.of(service.key(), new Listing(service, List.of(newestFirst)));
  }

  private static Map<IpvsKey, Listing> web(IpvsDestination... newestFirst) {
    return table(IpvsService.of(WEB, "rr"), newestFirst);
  }

  @Test
  void changes_nothingThere_addsTheOldestFirst() {
    assertEquals(
        List.of(
            new IpvsChange.AddService(IpvsService.of(WEB, "rr")),
            new IpvsChange.AddDestination(WEB, B),
            new IpvsChange.AddDestination(WEB, A)),
        TableDiff.changes(Map.of(), web(A, B)));
  }

  @Test
  void changes_anotherScheduler_isEdited() {
    IpvsService wlc = IpvsService.of(WEB, "wlc");

    assertEquals(
        List.of(new IpvsChange.EditService(wlc)), TableDiff.changes(web(A), table(wlc, A)));
  }

  /** In its table those of weight 0 have places. */
  @Test
  void changes_schedulerThatRefusesAtWeight0_isThereWhileNobodyHasIt() {
    IpvsService mh = IpvsService.of(WEB, "mh");
    IpvsService falling = new IpvsService(WEB, "mh", Set.of(SchedulerFlag.FIRST), null, false);
    IpvsDestination quiet = A.withWeight(0);

    assertEquals(
        List.of(new IpvsChange.DeleteDestination(WEB, quiet), new IpvsChange.EditService(mh)),
        TableDiff.changes(table(falling, quiet, B), table(mh, B)));
    assertEquals(
        List.of(new IpvsChange.EditService(falling), new IpvsChange.EditDestination(WEB, quiet)),
        TableDiff.changes(table(mh, A, B), table(falling, quiet, B)));
  }

  @Test
  void changes_anotherForwarding_isEdited() {
    IpvsDestination masqueraded =
        IpvsDestination.of(A.address(), 80, ForwardingMethod.MASQUERADE, 1);
    IpvsDestination direct = IpvsDestination.of(A.address(), 80, ForwardingMethod.DIRECT, 1);

    assertEquals(
        List.of(new IpvsChange.EditDestination(WEB, direct)),
        TableDiff.changes(web(masqueraded), web(direct)));
  }

  @Test
  void changes_oneForAnother_isThereBeforeTheOtherIsGone() {
    assertEquals(
        List.of(new IpvsChange.AddDestination(WEB, C), new IpvsChange.DeleteDestination(WEB, A)),
        TableDiff.changes(web(A), web(C)));
  }

  @Test
  void changes_weightsSwap_nobodyIsQuiescedBeforeAnotherIsOpen() {
    assertEquals(
        List.of(
            new IpvsChange.EditDestination(WEB, B),
            new IpvsChange.EditDestination(WEB, A.withWeight(0))),
        TableDiff.changes(web(A, B.withWeight(0)), web(A.withWeight(0), B)));
  }

  @Test
  void changes_serviceForAnother_isThereBeforeTheOtherIsGone() {
    IpvsService other = IpvsService.of(Tables.tcp("10.0.0.1", 0), "rr");

    assertEquals(
        List.of(new IpvsChange.AddService(other), new IpvsChange.DeleteService(WEB)),
        TableDiff.changes(web(A), table(other)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void changes_randomTables_makeTheOneTheOther(long seed) {
    Random random = new Random(seed);
    Map<IpvsKey, Listing> is = Map.of();
    for (int i = 0; i < 400; i++) {
      Map<IpvsKey, Listing> wanted = Tables.random(random);
      List<IpvsChange> changes = TableDiff.changes(is, wanted);
      Map<IpvsKey, Listing> after = Tables.applied(is, changes);
      String which = "seed " + seed + ", step " + i;

      assertEquals(Tables.withoutOrder(wanted), Tables.withoutOrder(after), which);
      assertEquals(List.of(), TableDiff.changes(after, wanted), which);
      assertNothingTwice(changes, which);
      assertNewAtHead(is, wanted, after, which);
      is = after;
    }
  }

  /** One change for each thing that differs: none is deleted and added, or edited twice. */
  private static void assertNothingTwice(List<IpvsChange> changes, String which) {
    Set<Object> touched = new HashSet<>();
    for (IpvsChange change : changes) {
      Object what =
          switch (Tables.kind(change)) {
            case "service" -> Tables.key(change);
            default -> List.of(Tables.key(change), Tables.place(change));
          };
      assertTrue(touched.add(what), which + ": twice in " + changes);
    }
  }

  private static void assertNewAtHead(
      Map<IpvsKey, Listing> before,
      Map<IpvsKey, Listing> wanted,
      Map<IpvsKey, Listing> after,
      String which) {
    wanted.forEach(
        (key, listing) -> {
          Set<Place> known = before.containsKey(key) ? before.get(key).places().keySet() : Set.of();
          List<Place> fresh = new ArrayList<>(listing.places().keySet());
          fresh.removeAll(known);
          List<Place> head = List.copyOf(after.get(key).places().keySet());
          assertEquals(fresh, head.subList(0, fresh.size()), which);
        });
  }
}

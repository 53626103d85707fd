package io.evenkeel.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationsTest {
  private final Map<Character, Destination> cells = new HashMap<>();

  @Test
  void empty_hasNobody() {
    assertEquals(0, Destinations.empty().size());
    assertEquals(-1, Destinations.empty().indexOf(cell('a')));
    assertEquals("", order(Destinations.empty().with(Map.of())));
  }

  @Test
  void with_severalNew_lastAddedStandsFirst() {
    assertEquals("cba", order(list("abc")));
  }

  @Test
  void with_oneMore_goesToTheHead() {
    assertEquals("dcba", order(list("abc").with(weights("abcd", 1))));
  }

  @Test
  void with_oneGone_theOthersKeepTheirPlace() {
    assertEquals("dba", order(list("abcd").with(weights("abd", 1))));
    assertEquals("cba", order(list("abcd").with(weights("abc", 1))));
    assertEquals("dcb", order(list("abcd").with(weights("bcd", 1))));
  }

  @Test
  void with_whoComesBack_goesToTheHead() {
    Destinations without = list("abc").with(weights("ac", 1));
    assertEquals("ca", order(without));

    // The configuration still names b between a and c.
    assertEquals("bca", order(without.with(weights("abc", 1))));
  }

  @Test
  void with_goneAndNewTogether_newStandFirst() {
    assertEquals("edca", order(list("abc").with(weights("acde", 1))));
  }

  @Test
  void with_otherOrderWanted_whoStaysKeepsItsPlace() {
    assertEquals("cba", order(list("abc").with(weights("cab", 1))));
  }

  @Test
  void with_otherWeights_areThoseGiven() {
    Destinations list = list("abc");
    Map<Destination, Integer> wanted = weights("abc", 1);
    wanted.put(cell('b'), 0);
    wanted.put(cell('a'), 65535);

    Destinations changed = list.with(wanted);

    assertEquals("cba", order(changed));
    assertEquals(1, changed.weight(0));
    assertEquals(0, changed.weight(1));
    assertEquals(65535, changed.weight(2));
    assertEquals(1, list.weight(1));
  }

  @Test
  void warm_whoIsWarmingUp_isNotEligible() {
    Destinations list = list("ab");
    Destinations warm = list.warm();
    cell('a').warmUp(0);

    assertEquals("ba", order(warm));
    assertTrue(warm.isEligible(0));
    assertFalse(warm.isEligible(1));
    assertTrue(list.isEligible(1));
    cell('a').warmth(1);
    assertTrue(warm.isEligible(1));
  }

  @Test
  void unwatch_oneOfSeveral_othersAreToldOn() {
    List<String> told = new ArrayList<>();
    Destinations list = list("ab");
    LoadListener old = index -> told.add("old " + index);
    list.watch(index -> told.add("first " + index));
    list.watch(old);
    list.watch(index -> told.add("new " + index));
    list.unwatch(old);
    told.clear();

    cell('a').suspend(true);

    assertEquals(Set.of("first 1", "new 1"), Set.copyOf(told));
  }

  @Test
  void watch_allAndTheWarmOnes_bothAreTold() {
    List<String> told = new ArrayList<>();
    Destinations list = list("ab");
    list.watch(index -> told.add("all " + index));
    list.warm().watch(index -> told.add("warm " + index));
    // At first, of what they may have missed.
    assertEquals(Set.of("all 0", "all 1", "warm 0", "warm 1"), Set.copyOf(told));
    told.clear();

    cell('a').suspend(true);

    assertEquals(Set.of("all 1", "warm 1"), Set.copyOf(told));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65536})
  void with_weightOutOfRange_throws(int weight) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> Destinations.empty().with(weights("a", weight)));

    assertEquals("weight: " + weight + " (expected: 0..65535)", e.getMessage());
  }

  @Test
  void isEligible_weightOrSuspended_decides() {
    Map<Destination, Integer> wanted = weights("ab", 1);
    wanted.put(cell('b'), 0);
    Destinations list = Destinations.empty().with(wanted);

    assertFalse(list.isEligible(0));
    assertTrue(list.isEligible(1));
    cell('a').suspend(true);
    assertFalse(list.isEligible(1));
    cell('a').suspend(false);
    assertTrue(list.isEligible(1));
  }

  @Test
  void indexOf_byIdentity_isWhereItStands() {
    Destinations list = list("abc");

    assertEquals(0, list.indexOf(cell('c')));
    assertEquals(2, list.indexOf(cell('a')));
    assertEquals(-1, list.indexOf(cell('x')));
    assertSame(cell('b'), list.get(1));
  }

  @Test
  void with_mapChangedLater_isNotSeen() {
    Map<Destination, Integer> wanted = weights("ab", 1);
    Destinations list = Destinations.empty().with(wanted);

    wanted.clear();

    assertEquals("ba", order(list));
    assertEquals(1, list.weight(0));
  }

  @Test
  void exclusion_ofEach_saysWhyItIsNotEligible() {
    Destinations list = list("ab");
    Destination newest = list.get(0);
    assertNull(list.exclusion(0));

    newest.warmUp(0);
    assertNull(list.exclusion(0));
    assertExcluded(Exclusion.WARMING_UP, list.warm(), 0);
    newest.thresholds(1, 0);
    new Assignment().assign(newest, 0);
    assertExcluded(Exclusion.OVERLOADED, list, 0);
    assertTrue(list.isServing(0));
    newest.eject(true);
    assertExcluded(Exclusion.EJECTED, list, 0);
    assertFalse(list.isServing(0));
    newest.suspend(true);
    assertExcluded(Exclusion.SUSPENDED, list, 0);
    assertExcluded(Exclusion.QUIESCED, list.with(weights("ab", 0)), 0);
    assertNull(list.warm().exclusion(1));
    assertTrue(list.warm().isEligible(1));
  }

  private static void assertExcluded(Exclusion expected, Destinations list, int index) {
    assertEquals(expected, list.exclusion(index));
    assertFalse(list.isEligible(index));
  }

  private Destinations list(String names) {
    return Destinations.empty().with(weights(names, 1));
  }

  private Map<Destination, Integer> weights(String names, int weight) {
    Map<Destination, Integer> wanted = new LinkedHashMap<>();
    names.chars().forEach(name -> wanted.put(cell((char) name), weight));
    return wanted;
  }

  private Destination cell(char name) {
    return cells.computeIfAbsent(
        name,
        n ->
            new Destination(
                ServiceKey.tcp("v:80"),
                Endpoint.parse(n + ":1"),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                suspended -> {}));
  }

  private static String order(Destinations list) {
    StringBuilder order = new StringBuilder();
    for (int i = 0; i < list.size(); i++) {
      order.append(list.get(i).endpoint().host());
    }
    return order.toString();
  }
}

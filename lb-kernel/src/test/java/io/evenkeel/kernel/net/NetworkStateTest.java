package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.net.NetworkEvent.AddressChanged;
import io.evenkeel.kernel.net.NetworkEvent.AddressRemoved;
import io.evenkeel.kernel.net.NetworkEvent.LinkChanged;
import io.evenkeel.kernel.net.NetworkEvent.LinkRemoved;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkStateTest {
  private static final int NEW_LINK = 16;
  private static final int DELETE_LINK = 17;
  private static final int NEW_ADDRESS = 20;
  private static final int DELETE_ADDRESS = 21;

  /** AF_UNSPEC, ARPHRD_NONE, index 3, flags; name m0, MTU. */
  private static final String LINK_DOWN =
      "00 00 feff 03000000 00000000 00000000 0700 0300 6d3000 00 0800 0400 dc050000";

  private static final String LINK_UP = LINK_DOWN.replace("03000000 0000", "03000000 0100");
  private static final String LINK_RENAMED = LINK_DOWN.replace("6d30", "6d31");

  /** 10.9.0.1/32, index 3; the second with a peer of its own. */
  private static final String ADDRESS =
      "02 20 80 00 03000000 0800 0100 0a090001 0800 0200 0a090001";

  private static final String ADDRESS_WITH_PEER =
      "02 20 80 00 03000000 0800 0100 0a090009 0800 0200 0a090001";

  private final NetworkState state = new NetworkState();

  @Test
  void apply_linkTwice_isOneEvent() {
    assertEquals(List.of(new LinkChanged(link("m0", false))), apply(NEW_LINK, LINK_DOWN));
    assertEquals(List.of(), apply(NEW_LINK, LINK_DOWN));
    assertEquals(List.of(new LinkChanged(link("m0", true))), apply(NEW_LINK, LINK_UP));
  }

  @Test
  void apply_addressTwiceAndGoneTwice_isOneEventEach() throws Exception {
    apply(NEW_LINK, LINK_DOWN);

    assertEquals(List.of(new AddressChanged(address("m0"))), apply(NEW_ADDRESS, ADDRESS));
    assertEquals(List.of(), apply(NEW_ADDRESS, ADDRESS));
    assertEquals(List.of(new AddressRemoved(address("m0"))), apply(DELETE_ADDRESS, ADDRESS));
    assertEquals(List.of(), apply(DELETE_ADDRESS, ADDRESS));
  }

  @Test
  void apply_addressesThatDifferInTheirPeer_areTwo() throws Exception {
    apply(NEW_LINK, LINK_DOWN);

    assertEquals(1, apply(NEW_ADDRESS, ADDRESS).size());
    assertEquals(1, apply(NEW_ADDRESS, ADDRESS_WITH_PEER).size());
    assertEquals(
        List.of(new AddressRemoved(address("m0"))), apply(DELETE_ADDRESS, ADDRESS_WITH_PEER));
    assertEquals(List.of(new AddressRemoved(address("m0"))), apply(DELETE_ADDRESS, ADDRESS));
  }

  @Test
  void apply_linkGone_takesItsAddressesFirst() throws Exception {
    apply(NEW_LINK, LINK_DOWN);
    apply(NEW_ADDRESS, ADDRESS);

    assertEquals(
        List.of(new AddressRemoved(address("m0")), new LinkRemoved(link("m0", false))),
        apply(DELETE_LINK, LINK_DOWN));
    assertEquals(List.of(), apply(DELETE_LINK, LINK_DOWN));
  }

  @Test
  void apply_linkRenamed_movesItsAddresses() throws Exception {
    apply(NEW_LINK, LINK_DOWN);
    apply(NEW_ADDRESS, ADDRESS);

    assertEquals(
        List.of(
            new LinkChanged(link("m1", false)),
            new AddressRemoved(address("m0")),
            new AddressChanged(address("m1"))),
        apply(NEW_LINK, LINK_RENAMED));
    assertEquals(List.of(new AddressRemoved(address("m1"))), apply(DELETE_ADDRESS, ADDRESS));
  }

  @Test
  void apply_addressOfAnUnknownLink_makesNoSense() {
    List<NetworkEvent> events = new ArrayList<>();

    assertFalse(state.apply(NEW_ADDRESS, Captured.message(ADDRESS), events));
    assertTrue(state.apply(DELETE_ADDRESS, Captured.message(ADDRESS), events));
    assertEquals(List.of(), events);
  }

  @Test
  void replace_any_tellsTheDifference() throws Exception {
    Link other = new Link(4, "m4", "", null, true, true, OperState.UNKNOWN, 1500, false);
    AddressMessages.Found found = AddressMessages.parse(Captured.message(ADDRESS));
    assertEquals(
        List.of(
            new LinkChanged(link("m0", false)),
            new LinkChanged(other),
            new AddressChanged(address("m0"))),
        state.replace(List.of(link("m0", false), other), List.of(found)));

    assertEquals(List.of(), state.replace(List.of(link("m0", false), other), List.of(found)));
    assertEquals(
        List.of(
            new AddressRemoved(address("m0")),
            new LinkRemoved(other),
            new LinkChanged(link("m0", true))),
        state.replace(List.of(link("m0", true)), List.of()));
    // Of a link that is not listed yet.
    assertEquals(
        List.of(new LinkRemoved(link("m0", true))), state.replace(List.of(), List.of(found)));
  }

  private List<NetworkEvent> apply(int type, String message) {
    List<NetworkEvent> events = new ArrayList<>();
    assertTrue(state.apply(type, Captured.message(message), events));
    return events;
  }

  private static Link link(String name, boolean up) {
    return new Link(3, name, "", null, up, false, OperState.UNKNOWN, 1500, false);
  }

  private static Address address(String device) throws UnknownHostException {
    return new Address(InetAddress.getByName("10.9.0.1"), 32, device, 0, null, false, false);
  }
}

package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IpvsChangeTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final IpvsKey SERVICE = new IpvsAddress(IpvsProtocol.TCP, LOOPBACK, 80);

  @ParameterizedTest
  @EnumSource(
      value = ForwardingMethod.class,
      names = {"DIRECT", "TUNNEL"})
  void addAndEdit_anotherPortThatIsNotMapped_areRefused(ForwardingMethod method) {
    IpvsDestination mapped = IpvsDestination.of(LOOPBACK, 1234, method, 1);
    String message =
        "destination port: 1234 with "
            + method
            + " (expected: 80, the service's; only MASQUERADE maps ports)";

    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> new IpvsChange.AddDestination(SERVICE, mapped))
            .getMessage());
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> new IpvsChange.EditDestination(SERVICE, mapped))
            .getMessage());
    // Whoever added it, it can be taken away.
    assertDoesNotThrow(() -> new IpvsChange.DeleteDestination(SERVICE, mapped));
  }

  @Test
  void add_anotherPortOfAMark_isTaken() {
    IpvsKey mark = new IpvsMark(10, AddressFamily.IPV4);

    assertDoesNotThrow(
        () ->
            new IpvsChange.AddDestination(
                mark, IpvsDestination.of(LOOPBACK, 1234, ForwardingMethod.DIRECT, 1)));
  }

  @Test
  void add_anotherPortMasqueraded_isTaken() {
    assertDoesNotThrow(
        () ->
            new IpvsChange.AddDestination(
                SERVICE, IpvsDestination.of(LOOPBACK, 1234, ForwardingMethod.MASQUERADE, 1)));
  }
}

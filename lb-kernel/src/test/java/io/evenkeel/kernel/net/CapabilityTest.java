package io.evenkeel.kernel.net;

import static io.evenkeel.kernel.net.Capability.CAP_NET_ADMIN;
import static io.evenkeel.kernel.net.Capability.CAP_NET_RAW;
import static io.evenkeel.kernel.net.Capability.CAP_SYS_ADMIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CapabilityTest {

  @Test
  void effective_status_isReadFromItsMask() {
    assertEquals(
        Set.of(CAP_NET_ADMIN),
        Capability.effective(List.of("Name:\tx", "CapEff:\t0000000000001000")));
    assertEquals(
        Set.of(CAP_NET_RAW, CAP_SYS_ADMIN),
        Capability.effective(List.of("CapPrm:\tffffffff", "CapEff:\tffffffffffffefff")));
    assertEquals(Set.of(), Capability.effective(List.of()));
  }

  @Test
  void missing_someOfThose_areNamed() {
    Set<Capability> needed = Set.of(CAP_NET_RAW, CAP_NET_ADMIN);

    assertNull(Capability.missing(needed, Set.of(CAP_NET_ADMIN, CAP_NET_RAW, CAP_SYS_ADMIN)));
    assertEquals(
        "CAP_NET_RAW: missing (expected: CAP_NET_ADMIN and CAP_NET_RAW,"
            + " such as by AmbientCapabilities= of systemd)",
        Capability.missing(needed, Set.of(CAP_NET_ADMIN)));
    assertEquals(
        "CAP_NET_ADMIN and CAP_NET_RAW: missing (expected: CAP_NET_ADMIN and CAP_NET_RAW,"
            + " such as by AmbientCapabilities= of systemd)",
        Capability.missing(needed, Set.of()));
  }
}

package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import org.junit.jupiter.api.Test;

class UnavailabilityTest {
  private final KernelException forbidden =
      new KernelException("ipvs get info", Errno.EPERM, "Operation not permitted");

  @Test
  void cause_noFamily_namesTheModule() {
    assertEquals(
        "IPVS: not in this kernel (expected: the module ip_vs; modprobe ip_vs)",
        new Unavailability(true, true)
            .cause(new KernelException("find family IPVS", Errno.ENOENT, "No such file")));
  }

  @Test
  void cause_forbidden_tellsWhatIsMissingApart() {
    String expected = " (expected: CAP_NET_ADMIN in the initial user namespace)";
    assertEquals(
        "IPVS: no CAP_NET_ADMIN" + expected, new Unavailability(true, false).cause(forbidden));
    assertEquals(
        "IPVS: not permitted in a user namespace" + expected,
        new Unavailability(false, true).cause(forbidden));
    assertEquals(
        "IPVS: not permitted in a user namespace" + expected,
        new Unavailability(false, false).cause(forbidden));
    assertEquals(
        "IPVS: not permitted in spite of CAP_NET_ADMIN, by a security module" + expected,
        new Unavailability(true, true).cause(forbidden));
  }

  @Test
  void cause_other_isSaidAsItIs() {
    assertEquals(
        "IPVS: socket: Address family not supported (errno 97)",
        new Unavailability(true, true)
            .cause(
                new KernelException("socket", Errno.EAFNOSUPPORT, "Address family not supported")));
  }
}

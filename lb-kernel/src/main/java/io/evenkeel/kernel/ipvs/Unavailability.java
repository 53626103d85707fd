package io.evenkeel.kernel.ipvs;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.net.Capability;
import io.evenkeel.kernel.sys.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Why IPVS cannot be used, and what would have to change.
 *
 * @param isInitialUserNamespace whether the process is in the one that IPVS goes by
 * @param isCapable whether it has CAP_NET_ADMIN in the one it is in
 */
record Unavailability(boolean isInitialUserNamespace, boolean isCapable) {
  private static final String EXPECTED = " (expected: CAP_NET_ADMIN in the initial user namespace)";

  /** PROC_USER_INIT_INO of linux/proc_ns.h. */
  private static final String INITIAL = "user:[4026531837]";

  /** Of the calling thread. */
  static Unavailability here() {
    try {
      String namespace = Files.readSymbolicLink(Path.of("/proc/thread-self/ns/user")).toString();
      return new Unavailability(
          namespace.equals(INITIAL), Capability.effective().contains(Capability.CAP_NET_ADMIN));
    } catch (IOException e) {
      // Without /proc there is nothing to tell them apart by.
      return new Unavailability(true, false);
    }
  }

  String cause(KernelException refused) {
    return switch (refused.errno()) {
      case Errno.ENOENT -> "IPVS: not in this kernel (expected: the module ip_vs; modprobe ip_vs)";
      case Errno.EPERM -> "IPVS: " + forbidden() + EXPECTED;
      default -> "IPVS: " + refused.getMessage();
    };
  }

  private String forbidden() {
    if (!isInitialUserNamespace) {
      return "not permitted in a user namespace";
    }
    return isCapable
        ? "not permitted in spite of CAP_NET_ADMIN, by a security module"
        : "no CAP_NET_ADMIN";
  }
}

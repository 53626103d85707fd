package io.evenkeel.kernel.doctor;

import io.evenkeel.kernel.net.Address;
import io.evenkeel.kernel.net.Link;
import io.evenkeel.kernel.net.Route;
import io.evenkeel.kernel.net.Sysctl;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A host as it is. Immutable.
 *
 * @param ipvsCause why this process cannot use IPVS; null: it can
 * @param ipvsLoaded whether the kernel has IPVS, whoever may use it
 * @param netAdmin whether this process has CAP_NET_ADMIN
 * @param netRaw whether it has CAP_NET_RAW
 * @param sysctls those of all devices, of those to come and of each; one that the kernel does not
 *     have is not there
 */
record Facts(
    @Nullable String ipvsCause,
    boolean ipvsLoaded,
    boolean netAdmin,
    boolean netRaw,
    List<Link> links,
    List<Address> addresses,
    List<Route> routes,
    Map<Key, Integer> sysctls) {

  /** Which sysctl of which device. */
  record Key(Sysctl sysctl, String device) {}
}

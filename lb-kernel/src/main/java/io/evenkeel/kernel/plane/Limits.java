package io.evenkeel.kernel.plane;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.FailureAction;
import io.evenkeel.model.FirewallMark;
import io.evenkeel.model.Forwarding;
import io.evenkeel.model.Isolation;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What IPVS cannot do of what a service can be. Pure. */
final class Limits {
  private static final long MAX_MARK = 0xffff_ffffL;

  private final boolean canClose;
  private final List<String> problems = new ArrayList<>();

  private Limits(boolean canClose) {
    this.canClose = canClose;
  }

  /**
   * Looks at services.
   *
   * @param canClose whether expire_nodest_conn is set
   * @return a sentence for each problem
   */
  static List<String> problems(Collection<VirtualService> services, boolean canClose) {
    Limits limits = new Limits(canClose);
    services.forEach(limits::look);
    limits.lookAtQuiescent(services);
    return List.copyOf(limits.problems);
  }

  /** The kernel's number of a mark, if its name is one. */
  static OptionalLong number(FirewallMark mark) {
    if (!mark.name().matches("[1-9][0-9]{0,9}")) {
      return OptionalLong.empty();
    }
    long number = Long.parseLong(mark.name());
    return number <= MAX_MARK ? OptionalLong.of(number) : OptionalLong.empty();
  }

  private void look(VirtualService service) {
    if (service.key() instanceof FirewallMark mark && number(mark).isEmpty()) {
      add(service, "its name", mark.name(), "the packets' mark, 1.." + MAX_MARK);
    }
    for (VirtualAddress address : service.addresses()) {
      lookAtHost(service, "address", address.endpoint());
    }
    if (KernelScheduler.of(service.scheduler()).isEmpty()) {
      add(
          service,
          "scheduler",
          service.scheduler(),
          "rr, wrr, lc, wlc, sed, nq, fo, ovf, twos, dh, lblc, lblcr,"
              + " or sh or mh, which may have -port and -fallback");
    }
    if (service.slowStart() != null) {
      add(service, "slow start", service.slowStart(), "none");
    }
    lookAtPersistence(service, service.persistence());
    lookAtIsolation(service, service.isolation());
    servers(service).forEach(server -> lookAtServer(service, server));
  }

  private void lookAtPersistence(VirtualService service, @Nullable PersistenceSpec spec) {
    if (spec == null) {
      return;
    }
    if (!spec.timeout().equals(Duration.ofSeconds(spec.timeout().toSeconds()))) {
      add(service, "persistence timeout", spec.timeout(), "whole seconds");
    }
    if (spec.ipv6Prefix() == 0) {
      add(service, "persistence IPv6 prefix", 0, "1..128");
    }
    int anyNumber = PersistenceSpec.perClient().maxTemplates();
    if (spec.maxTemplates() != anyNumber) {
      add(
          service,
          "persistence templates",
          spec.maxTemplates(),
          anyNumber + ", the default, as the kernel's memory bounds them");
    }
    boolean quiesces =
        service.isolation().onFailure() == FailureAction.QUIESCE
            || service.realServers().stream().anyMatch(s -> s.onFailure() == FailureAction.QUIESCE);
    if (quiesces && !spec.expireQuiescent()) {
      add(
          service,
          "on failure",
          FailureAction.QUIESCE,
          "remove or inhibit, or persistence with expireQuiescent");
    }
  }

  private void lookAtIsolation(VirtualService service, Isolation isolation) {
    if (isolation.outliers() != null) {
      add(service, "outliers", isolation.outliers(), "none, as it shows no failed connections");
    }
    if (isolation.breaker() != null) {
      add(service, "breaker", isolation.breaker(), "none, as it shows no failed connections");
    }
    if (isolation.closeConnections() && !canClose) {
      add(service, "closeConnections", true, "false, or a plane with expireNodest");
    }
  }

  private void lookAtServer(VirtualService service, RealServer server) {
    lookAtHost(service, "real server", server.endpoint());
    Forwarding forwarding = server.forwarding();
    boolean isTunnel = isTunnel(forwarding);
    boolean isKnown =
        service.addresses().stream()
            .anyMatch(a -> isIpv6(a.endpoint()) == isIpv6(server.endpoint()));
    if (!isTunnel && !isKnown) {
      add(
          service,
          "real server",
          server.endpoint(),
          "one of the service's address family, or a tunnel to it");
    }
    int port = server.endpoint().port();
    boolean isSamePort =
        port == 0 || service.addresses().stream().allMatch(a -> a.endpoint().port() == port);
    if (forwarding.method() != Forwarding.Method.MASQUERADING && !isSamePort) {
      add(
          service,
          "real server",
          server.endpoint() + " with " + forwarding,
          "the service's port, as only masquerading changes it");
    }
    if (port != 0 && service.persistence() != null && hasManyPorts(service)) {
      add(
          service,
          "real server",
          server.endpoint(),
          "port 0, as a persistent service of many ports keeps the one that was asked for");
    }
  }

  private void lookAtHost(VirtualService service, String what, Endpoint endpoint) {
    if (!endpoint.isAddress() || endpoint.host().indexOf('%') >= 0) {
      add(service, what, endpoint, "an IPv4 or IPv6 address without a scope");
    }
  }

  /** The switch is one for all services of a network namespace. */
  private void lookAtQuiescent(Collection<VirtualService> services) {
    Optional<VirtualService> expiring =
        services.stream().filter(s -> expiresQuiescent(s).orElse(false)).findFirst();
    Optional<VirtualService> other =
        services.stream().filter(s -> !expiresQuiescent(s).orElse(true)).findFirst();
    if (expiring.isPresent() && other.isPresent()) {
      add(
          expiring.get(),
          "expireQuiescent",
          true,
          "the same in all persistent services, it is false in "
              + other.get().key()
              + ": the kernel's expire_quiescent_template is one for all");
    }
  }

  /** Empty: it is not persistent. */
  static Optional<Boolean> expiresQuiescent(VirtualService service) {
    return Optional.ofNullable(service.persistence()).map(PersistenceSpec::expireQuiescent);
  }

  static boolean isTunnel(Forwarding forwarding) {
    return switch (forwarding.method()) {
      case MASQUERADING, DIRECT -> false;
      case IPIP, GUE, GRE -> true;
    };
  }

  static boolean isIpv6(Endpoint endpoint) {
    return endpoint.host().indexOf(':') >= 0;
  }

  private static boolean hasManyPorts(VirtualService service) {
    return !(service.key() instanceof VirtualAddress address) || address.endpoint().port() == 0;
  }

  private static Stream<RealServer> servers(VirtualService service) {
    return Stream.concat(service.realServers().stream(), Stream.ofNullable(service.sorryServer()))
        .map(Objects::requireNonNull);
  }

  private void add(VirtualService service, String what, @Nullable Object value, String expected) {
    problems.add(
        what
            + ": "
            + value
            + " of "
            + service.key()
            + " (expected by the kernel's IPVS: "
            + expected
            + ")");
  }
}

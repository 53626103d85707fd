package io.evenkeel.samples;

import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsDaemon;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsInfo;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsMark;
import io.evenkeel.kernel.ipvs.IpvsPersistence;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.ipvs.IpvsStats;
import io.evenkeel.kernel.ipvs.IpvsTunnel;
import io.evenkeel.kernel.ipvs.RuleNames;
import io.evenkeel.kernel.ipvs.Rules;
import io.evenkeel.kernel.ipvs.SchedulerFlag;
import io.evenkeel.kernel.ipvs.ServiceStatus;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The lines of {@code ipvsadm --list}.
 *
 * @param view what is shown of services and servers
 * @param names of hosts and ports
 * @param exact whether large counts are shown with all digits
 */
record IpvsListing(View view, RuleNames names, boolean exact) {
  private static final int IPV4_WIDTH = 28;
  private static final int IPV6_WIDTH = 59;
  private static final String SERVER = "  -> RemoteAddress:Port";

  /** In the order in which {@code ipvsadm} prefers them. */
  enum View {
    STANDARD,
    STATS,
    RATE,
    THRESHOLDS,
    PERSISTENT_CONN,
    TUN_INFO;

    String option() {
      return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  static String version(IpvsInfo info) {
    return "IP Virtual Server version %d.%d.%d (size=%d)"
        .formatted(info.major(), info.minor(), info.patch(), info.connectionTableSize());
  }

  static String daemon(IpvsDaemon daemon) {
    InetAddress group = daemon.group();
    return "%s sync daemon (mcast=%s, syncid=%d, maxlen=%d, group=%s, port=%d, ttl=%d)"
        .formatted(
            daemon.role().name().toLowerCase(Locale.ROOT),
            daemon.device(),
            daemon.syncId(),
            daemon.maxLength(),
            group == null ? "" : Rules.address(group),
            daemon.port(),
            daemon.ttl());
  }

  List<String> header() {
    return switch (view) {
      case STATS ->
          List.of(
              "Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes",
              SERVER);
      case RATE ->
          List.of(
              "Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS",
              SERVER);
      case THRESHOLDS ->
          List.of(
              "Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn ",
              SERVER);
      case PERSISTENT_CONN ->
          List.of(
              "Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn ",
              SERVER);
      case TUN_INFO ->
          List.of(
              "Prot LocalAddress:Port Scheduler Flags",
              SERVER + "           Forward TunnelInfo    Weight ActiveConn InActConn");
      case STANDARD ->
          List.of(
              "Prot LocalAddress:Port Scheduler Flags",
              SERVER + "           Forward Weight ActiveConn InActConn");
    };
  }

  String service(ServiceStatus status) {
    IpvsService service = status.service();
    String start = name(service.key());
    return switch (view) {
      case STATS, RATE -> "%-33s%s".formatted(start, counts(status.stats()));
      default -> start + " " + settings(service);
    };
  }

  private String name(IpvsKey key) {
    if (key instanceof IpvsAddress a) {
      return "%-4s %s"
          .formatted(a.protocol().name(), endpoint(a.address(), a.port(), a.protocol()));
    }
    String ipv6 = key.family() == AddressFamily.IPV6 ? " IPv6" : "";
    return "FWM  " + ((IpvsMark) key).mark() + ipv6;
  }

  private static String settings(IpvsService service) {
    StringBuilder text = new StringBuilder(service.scheduler());
    if (!service.flags().isEmpty()) {
      text.append(" (")
          .append(SchedulerFlag.names(service.flags(), service.scheduler()))
          .append(')');
    }
    IpvsPersistence persistence = service.persistence();
    if (persistence != null) {
      text.append(" persistent ").append(persistence.timeoutSeconds());
      String mask = persistence.mask(service.key().family());
      if (mask != null) {
        text.append(" mask ").append(mask);
      }
      if (persistence.engine() != null) {
        text.append(" pe ").append(persistence.engine());
      }
    }
    return text.append(service.onePacket() ? " ops" : "").toString();
  }

  String server(IpvsKey key, DestinationStatus status) {
    IpvsDestination server = status.destination();
    IpvsProtocol protocol = key instanceof IpvsAddress address ? address.protocol() : null;
    String start = "  -> %-28s".formatted(endpoint(server.address(), server.port(), protocol));
    long active = status.active();
    long inactive = status.inactive();
    return start
        + switch (view) {
          case STATS, RATE -> counts(status.stats());
          case THRESHOLDS ->
              " %-10d %-10d %-10d %-10d"
                  .formatted(server.upperThreshold(), server.lowerThreshold(), active, inactive);
          case PERSISTENT_CONN ->
              " %-9d %-11d %-10d %-10d"
                  .formatted(server.weight(), status.persistent(), active, inactive);
          case TUN_INFO ->
              " %-7s %-13s %-6d %-10d %-10d"
                  .formatted(
                      method(server), tunnel(server.tunnel()), server.weight(), active, inactive);
          case STANDARD ->
              " %-7s %-6d %-10d %-10d".formatted(method(server), server.weight(), active, inactive);
        };
  }

  private static String method(IpvsDestination server) {
    return switch (server.method()) {
      case MASQUERADE -> "Masq";
      case LOCAL -> "Local";
      case TUNNEL -> "Tunnel";
      case DIRECT -> "Route";
      case BYPASS -> "Bypass";
    };
  }

  private static String tunnel(@Nullable IpvsTunnel tunnel) {
    if (tunnel == null) {
      return "n/a";
    }
    String type = tunnel.type().name().toLowerCase(Locale.ROOT);
    String checksum =
        switch (tunnel.checksum()) {
          case NONE -> ":-c";
          case PRESENT -> ":+c";
          case REMOTE -> ":r+c";
          case BOTH -> ":+c:r+c";
        };
    return switch (tunnel.type()) {
      case IPIP -> type;
      case GUE -> type + ":" + tunnel.port() + checksum;
      case GRE -> type + checksum;
    };
  }

  private String counts(IpvsStats s) {
    LongStream values =
        view == View.STATS
            ? LongStream.of(
                s.connections(), s.inPackets(), s.outPackets(), s.inBytes(), s.outBytes())
            : LongStream.of(
                s.connectionRate(),
                s.inPacketRate(),
                s.outPacketRate(),
                s.inByteRate(),
                s.outByteRate());
    return values
        .mapToObj(value -> exact ? " %8s".formatted(Long.toUnsignedString(value)) : rounded(value))
        .collect(Collectors.joining());
  }

  /** Up to eight digits as they are, then thousands and so on; unsigned. */
  static String rounded(long value) {
    if (Long.compareUnsigned(value, 100_000_000) < 0) {
      return " %8d".formatted(value);
    }
    if (Long.compareUnsigned(value, 1_000_000_000) < 0) {
      return rounded(value, 1_000, "K");
    }
    if (Long.compareUnsigned(value, 100_000_000_000L) < 0) {
      return rounded(value, 1_000_000, "M");
    }
    if (Long.compareUnsigned(value, 100_000_000_000_000L) < 0) {
      return rounded(value, 1_000_000_000, "G");
    }
    return rounded(value, 1_000_000_000_000L, "T");
  }

  private static String rounded(long value, long unit, String letter) {
    return "%8d%s".formatted(Long.divideUnsigned(value, unit), letter);
  }

  private String endpoint(InetAddress address, int port, @Nullable IpvsProtocol protocol) {
    String text = Rules.endpoint(address, port, protocol, names);
    int width = address instanceof Inet6Address ? IPV6_WIDTH : IPV4_WIDTH;
    return text.length() > width ? text.substring(0, width) : text;
  }
}

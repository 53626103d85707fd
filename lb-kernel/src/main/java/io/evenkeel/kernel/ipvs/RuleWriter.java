package io.evenkeel.kernel.ipvs;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One rule as {@code ipvsadm} saves it. */
final class RuleWriter {
  private final StringBuilder text = new StringBuilder();
  private final RuleNames names;

  private RuleWriter(RuleNames names) {
    this.names = names;
  }

  static String write(IpvsChange change, RuleNames names) {
    RuleWriter writer = new RuleWriter(names);
    writer.change(change);
    return writer.text.toString();
  }

  private void change(IpvsChange change) {
    if (change instanceof IpvsChange.AddService add) {
      service(RuleOption.ADD_SERVICE, add.service());
    } else if (change instanceof IpvsChange.EditService edit) {
      service(RuleOption.EDIT_SERVICE, edit.service());
    } else if (change instanceof IpvsChange.DeleteService delete) {
      text.append(RuleOption.DELETE_SERVICE);
      key(delete.key());
    } else if (change instanceof IpvsChange.AddDestination add) {
      server(RuleOption.ADD_SERVER, add.service(), add.destination());
      settings(add.destination());
    } else if (change instanceof IpvsChange.EditDestination edit) {
      server(RuleOption.EDIT_SERVER, edit.service(), edit.destination());
      settings(edit.destination());
    } else if (change instanceof IpvsChange.DeleteDestination delete) {
      server(RuleOption.DELETE_SERVER, delete.service(), delete.destination());
    } else if (change instanceof IpvsChange.Zero zero) {
      text.append(RuleOption.ZERO);
      IpvsKey key = zero.service();
      if (key != null) {
        key(key);
      }
    } else {
      text.append(RuleOption.CLEAR);
    }
  }

  private void service(RuleOption command, IpvsService service) {
    text.append(command);
    key(service.key());
    option(RuleOption.SCHEDULER, service.scheduler());
    IpvsPersistence persistence = service.persistence();
    if (persistence != null) {
      option(RuleOption.PERSISTENT, persistence.timeoutSeconds());
      String mask = persistence.mask(service.key().family());
      if (mask != null) {
        option(RuleOption.NETMASK, mask);
      }
      if (persistence.engine() != null) {
        option(RuleOption.ENGINE, persistence.engine());
      }
    }
    if (service.onePacket()) {
      option(RuleOption.ONE_PACKET, "");
    }
    if (!service.flags().isEmpty()) {
      option(RuleOption.SCHEDULER_FLAGS, SchedulerFlag.names(service.flags(), service.scheduler()));
    }
  }

  private void server(RuleOption command, IpvsKey key, IpvsDestination destination) {
    text.append(command);
    key(key);
    option(
        RuleOption.SERVER,
        Rules.endpoint(destination.address(), destination.port(), protocol(key), names));
  }

  private void settings(IpvsDestination destination) {
    text.append(
        switch (destination.method()) {
          case MASQUERADE -> " -m";
          case TUNNEL -> " -i";
          case DIRECT, LOCAL -> " -g";
          case BYPASS ->
              throw new IllegalArgumentException(
                  destination + " (expected: another method than bypass, which no rule has)");
        });
    option(RuleOption.WEIGHT, destination.weight());
    // Not saved by ipvsadm, which would lose them.
    if (destination.upperThreshold() != 0) {
      option(RuleOption.UPPER, destination.upperThreshold());
    }
    if (destination.lowerThreshold() != 0) {
      option(RuleOption.LOWER, destination.lowerThreshold());
    }
    IpvsTunnel tunnel = destination.tunnel();
    if (tunnel == null) {
      return;
    }
    if (!tunnel.isRule()) {
      throw new IllegalArgumentException(
          destination + " (expected: port and checksum as its type uses them; no rule has others)");
    }
    option(RuleOption.TUNNEL_TYPE, tunnel.type().name().toLowerCase(Locale.ROOT));
    if (tunnel.type() == IpvsTunnel.Type.GUE) {
      option(RuleOption.TUNNEL_PORT, tunnel.port());
    }
    if (tunnel.type() != IpvsTunnel.Type.IPIP) {
      option(
          switch (tunnel.checksum()) {
            case NONE -> RuleOption.TUNNEL_NO_CHECKSUM;
            case PRESENT -> RuleOption.TUNNEL_CHECKSUM;
            case REMOTE, BOTH -> RuleOption.TUNNEL_REMOTE_CHECKSUM;
          },
          "");
    }
  }

  private void key(IpvsKey key) {
    if (key instanceof IpvsAddress address) {
      option(
          switch (address.protocol()) {
            case TCP -> RuleOption.TCP_SERVICE;
            case UDP -> RuleOption.UDP_SERVICE;
            case SCTP -> RuleOption.SCTP_SERVICE;
          },
          Rules.endpoint(address.address(), address.port(), address.protocol(), names));
    } else if (key instanceof IpvsMark mark) {
      option(RuleOption.MARK_SERVICE, mark.mark());
      if (mark.family() == AddressFamily.IPV6) {
        option(RuleOption.IPV6, "");
      }
    }
  }

  /** Null: of several. */
  static @Nullable IpvsProtocol protocol(IpvsKey key) {
    return key instanceof IpvsAddress address ? address.protocol() : null;
  }

  private void option(RuleOption option, Object value) {
    text.append(' ').append(option);
    if (!value.equals("")) {
      text.append(' ').append(value);
    }
  }
}

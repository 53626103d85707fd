package io.evenkeel.kernel.ipvs;

import io.evenkeel.kernel.netlink.Attributes;
import io.evenkeel.kernel.netlink.MalformedException;
import io.evenkeel.kernel.netlink.MessageWriter;
import io.evenkeel.kernel.netlink.Request;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The messages of the generic netlink family IPVS, version 1 (IPVS_GENL_* and IPVS_*_ATTR_* in
 * linux/ip_vs.h). Pure.
 *
 * @param family the number that the kernel has given the family
 */
record IpvsCodec(int family) {
  static final int GENL_HEADER_BYTES = 4;
  private static final int VERSION = 1;

  // IPVS_CMD_*
  private static final int NEW_SERVICE = 1;
  private static final int SET_SERVICE = 2;
  private static final int DEL_SERVICE = 3;
  private static final int GET_SERVICE = 4;
  private static final int NEW_DEST = 5;
  private static final int SET_DEST = 6;
  private static final int DEL_DEST = 7;
  private static final int GET_DEST = 8;
  private static final int NEW_DAEMON = 9;
  private static final int DEL_DAEMON = 10;
  private static final int GET_DAEMON = 11;
  private static final int SET_CONFIG = 12;
  private static final int GET_CONFIG = 13;
  private static final int SET_INFO = 14;
  private static final int GET_INFO = 15;
  private static final int ZERO = 16;
  private static final int FLUSH = 17;

  // IPVS_CMD_ATTR_*
  private static final int SERVICE = 1;
  private static final int DEST = 2;
  private static final int DAEMON = 3;
  private static final int TIMEOUT_TCP = 4;
  private static final int TIMEOUT_TCP_FIN = 5;
  private static final int TIMEOUT_UDP = 6;

  // IPVS_SVC_ATTR_*
  private static final int SVC_AF = 1;
  private static final int SVC_PROTOCOL = 2;
  private static final int SVC_ADDR = 3;
  private static final int SVC_PORT = 4;
  private static final int SVC_FWMARK = 5;
  private static final int SVC_SCHED_NAME = 6;
  private static final int SVC_FLAGS = 7;
  private static final int SVC_TIMEOUT = 8;
  private static final int SVC_NETMASK = 9;
  private static final int SVC_STATS = 10;
  private static final int SVC_PE_NAME = 11;
  private static final int SVC_STATS64 = 12;

  // IP_VS_SVC_F_*
  private static final int PERSISTENT = 1;
  private static final int ONE_PACKET = 4;
  private static final int SETTABLE = 0x3d;

  // IPVS_DEST_ATTR_*
  private static final int DEST_ADDR = 1;
  private static final int DEST_PORT = 2;
  private static final int DEST_FWD_METHOD = 3;
  private static final int DEST_WEIGHT = 4;
  private static final int DEST_U_THRESH = 5;
  private static final int DEST_L_THRESH = 6;
  private static final int DEST_ACTIVE_CONNS = 7;
  private static final int DEST_INACT_CONNS = 8;
  private static final int DEST_PERSIST_CONNS = 9;
  private static final int DEST_STATS = 10;
  private static final int DEST_ADDR_FAMILY = 11;
  private static final int DEST_STATS64 = 12;
  private static final int DEST_TUN_TYPE = 13;
  private static final int DEST_TUN_PORT = 14;
  private static final int DEST_TUN_FLAGS = 15;
  private static final int FWD_MASK = 7;

  // IPVS_DAEMON_ATTR_*
  private static final int DAEMON_STATE = 1;
  private static final int DAEMON_MCAST_IFN = 2;
  private static final int DAEMON_SYNC_ID = 3;
  private static final int DAEMON_SYNC_MAXLEN = 4;
  private static final int DAEMON_MCAST_GROUP = 5;
  private static final int DAEMON_MCAST_GROUP6 = 6;
  private static final int DAEMON_MCAST_PORT = 7;
  private static final int DAEMON_MCAST_TTL = 8;

  private static final int INFO_VERSION = 1;
  private static final int INFO_CONN_TAB_SIZE = 2;

  static final int ADDRESS_BYTES = 16;

  /** What the kernel says where a service has no scheduler. */
  private static final String NO_SCHEDULER = "none";

  Request change(IpvsChange change) {
    if (change instanceof IpvsChange.AddService add) {
      return request("add service", NEW_SERVICE, w -> service(w, add.service()));
    } else if (change instanceof IpvsChange.EditService edit) {
      return request("edit service", SET_SERVICE, w -> service(w, edit.service()));
    } else if (change instanceof IpvsChange.DeleteService delete) {
      return request("delete service", DEL_SERVICE, w -> key(w, delete.key()));
    } else if (change instanceof IpvsChange.AddDestination add) {
      return destination("add destination", NEW_DEST, add.service(), add.destination());
    } else if (change instanceof IpvsChange.EditDestination edit) {
      return destination("edit destination", SET_DEST, edit.service(), edit.destination());
    } else if (change instanceof IpvsChange.DeleteDestination delete) {
      return destination("delete destination", DEL_DEST, delete.service(), delete.destination());
    } else if (change instanceof IpvsChange.Zero zero) {
      IpvsKey key = zero.service();
      return request(
          "zero",
          ZERO,
          w -> {
            if (key != null) {
              key(w, key);
            }
          });
    }
    return request("flush", FLUSH, w -> {});
  }

  Request getServices() {
    return request("list services", GET_SERVICE, w -> {});
  }

  Request getService(IpvsKey key) {
    return request("get service", GET_SERVICE, w -> key(w, key));
  }

  Request getDestinations(IpvsKey key) {
    return request("list destinations", GET_DEST, w -> key(w, key));
  }

  Request getTimeouts() {
    return request("get timeouts", GET_CONFIG, w -> {});
  }

  Request setTimeouts(IpvsTimeouts timeouts) {
    return request(
        "set timeouts",
        SET_CONFIG,
        w ->
            w.u32(TIMEOUT_TCP, timeouts.tcpSeconds())
                .u32(TIMEOUT_TCP_FIN, timeouts.tcpFinSeconds())
                .u32(TIMEOUT_UDP, timeouts.udpSeconds()));
  }

  Request getDaemons() {
    return request("list daemons", GET_DAEMON, w -> {});
  }

  Request startDaemon(IpvsDaemon daemon) {
    return request("start daemon", NEW_DAEMON, w -> w.nested(DAEMON, () -> daemon(w, daemon)));
  }

  Request stopDaemon(IpvsDaemon.Role role) {
    return request(
        "stop daemon",
        DEL_DAEMON,
        w -> w.nested(DAEMON, () -> w.u32(DAEMON_STATE, role.ordinal() + 1)));
  }

  Request getInfo() {
    return request("get info", GET_INFO, w -> {});
  }

  private Request destination(
      String name, int command, IpvsKey service, IpvsDestination destination) {
    return request(
        name,
        command,
        w -> {
          key(w, service);
          w.nested(DEST, () -> destination(w, destination, command == DEL_DEST));
        });
  }

  private Request request(String name, int command, Consumer<MessageWriter> body) {
    return new Request(
        "ipvs " + name,
        family,
        0,
        writer -> {
          writer
              .header(GENL_HEADER_BYTES)
              .put((byte) command)
              .put((byte) VERSION)
              .putShort((short) 0);
          body.accept(writer);
        });
  }

  private static void key(MessageWriter w, IpvsKey key) {
    w.nested(SERVICE, () -> keyAttributes(w, key));
  }

  private static void keyAttributes(MessageWriter w, IpvsKey key) {
    w.u16(SVC_AF, key.family().number());
    if (key instanceof IpvsMark mark) {
      w.u32(SVC_FWMARK, mark.mark());
    } else if (key instanceof IpvsAddress address) {
      w.u16(SVC_PROTOCOL, address.protocol().number())
          .bytes(SVC_ADDR, padded(address.address()))
          .be16(SVC_PORT, address.port());
    }
  }

  private static void service(MessageWriter w, IpvsService service) {
    w.nested(
        SERVICE,
        () -> {
          keyAttributes(w, service.key());
          IpvsPersistence persistence = service.persistence();
          int flags = service.onePacket() ? ONE_PACKET : 0;
          for (SchedulerFlag flag : service.flags()) {
            flags |= flag.bit();
          }
          if (persistence != null) {
            flags |= PERSISTENT;
          }
          w.string(SVC_SCHED_NAME, service.scheduler());
          if (persistence != null && persistence.engine() != null) {
            w.string(SVC_PE_NAME, persistence.engine());
          }
          w.bytes(SVC_FLAGS, flagsAndMask(flags));
          w.u32(SVC_TIMEOUT, persistence == null ? 0 : persistence.timeoutSeconds());
          if (service.key().family() == AddressFamily.IPV4) {
            w.bytes(SVC_NETMASK, netmask(persistence == null ? -1 : persistence.netmask()));
          } else {
            w.u32(
                SVC_NETMASK,
                persistence == null ? AddressFamily.IPV6.bits() : persistence.prefix());
          }
        });
  }

  private static byte[] flagsAndMask(int flags) {
    byte[] both = new byte[2 * Integer.BYTES];
    ByteBuffer.wrap(both).order(ByteOrder.nativeOrder()).putInt(flags).putInt(SETTABLE);
    return both;
  }

  private static byte[] netmask(int mask) {
    return ByteBuffer.wrap(new byte[Integer.BYTES]).putInt(mask).array();
  }

  private static void destination(MessageWriter w, IpvsDestination destination, boolean isKeyOnly) {
    w.bytes(DEST_ADDR, padded(destination.address()))
        .be16(DEST_PORT, destination.port())
        .u16(DEST_ADDR_FAMILY, AddressFamily.of(destination.address()).number());
    if (isKeyOnly) {
      return;
    }
    w.u32(DEST_FWD_METHOD, destination.method().ordinal())
        .u32(DEST_WEIGHT, destination.weight())
        .u32(DEST_U_THRESH, destination.upperThreshold())
        .u32(DEST_L_THRESH, destination.lowerThreshold());
    IpvsTunnel tunnel = destination.tunnel();
    if (tunnel != null) {
      w.u8(DEST_TUN_TYPE, tunnel.type().ordinal())
          .be16(DEST_TUN_PORT, tunnel.port())
          .u16(DEST_TUN_FLAGS, tunnel.checksum().ordinal());
    }
  }

  private static void daemon(MessageWriter w, IpvsDaemon daemon) {
    w.u32(DAEMON_STATE, daemon.role().ordinal() + 1)
        .string(DAEMON_MCAST_IFN, daemon.device())
        .u32(DAEMON_SYNC_ID, daemon.syncId());
    if (daemon.maxLength() != 0) {
      w.u16(DAEMON_SYNC_MAXLEN, daemon.maxLength());
    }
    InetAddress group = daemon.group();
    if (group != null) {
      boolean isV6 = AddressFamily.of(group) == AddressFamily.IPV6;
      w.bytes(isV6 ? DAEMON_MCAST_GROUP6 : DAEMON_MCAST_GROUP, group.getAddress());
    }
    if (daemon.port() != 0) {
      w.u16(DAEMON_MCAST_PORT, daemon.port());
    }
    if (daemon.ttl() != 0) {
      w.u8(DAEMON_MCAST_TTL, daemon.ttl());
    }
  }

  private static byte[] padded(InetAddress address) {
    return Arrays.copyOf(address.getAddress(), ADDRESS_BYTES);
  }

  static ServiceStatus service(ByteBuffer payload) {
    return Decoding.decoded(
        () -> {
          Attributes a = Decoding.attributes(payload, NEW_SERVICE).nested(SERVICE);
          IpvsKey key = key(a);
          byte[] flagBytes = a.bytes(SVC_FLAGS, 2 * Integer.BYTES);
          int flags = ByteBuffer.wrap(flagBytes).order(ByteOrder.nativeOrder()).getInt();
          Set<SchedulerFlag> scheduler = EnumSet.noneOf(SchedulerFlag.class);
          for (SchedulerFlag flag : SchedulerFlag.values()) {
            if ((flags & flag.bit()) != 0) {
              scheduler.add(flag);
            }
          }
          IpvsPersistence persistence =
              (flags & PERSISTENT) == 0 ? null : persistence(a, key.family());
          return new ServiceStatus(
              new IpvsService(
                  key,
                  a.has(SVC_SCHED_NAME) ? a.string(SVC_SCHED_NAME) : NO_SCHEDULER,
                  scheduler,
                  persistence,
                  (flags & ONE_PACKET) != 0),
              Decoding.stats(a, SVC_STATS64, SVC_STATS));
        });
  }

  private static IpvsPersistence persistence(Attributes a, AddressFamily family) {
    long timeout = a.u32(SVC_TIMEOUT);
    String engine = a.has(SVC_PE_NAME) ? a.string(SVC_PE_NAME) : null;
    if (family == AddressFamily.IPV6) {
      return new IpvsPersistence(timeout, (int) a.u32(SVC_NETMASK), 0, engine);
    }
    int mask = ByteBuffer.wrap(a.bytes(SVC_NETMASK, Integer.BYTES)).getInt();
    return IpvsPersistence.ofNetmask(timeout, mask, engine);
  }

  private static IpvsKey key(Attributes a) {
    AddressFamily family = Decoding.family(a.u16(SVC_AF));
    if (a.has(SVC_FWMARK)) {
      return new IpvsMark(a.u32(SVC_FWMARK), family);
    }
    int protocol = a.u16(SVC_PROTOCOL);
    for (IpvsProtocol known : IpvsProtocol.values()) {
      if (known.number() == protocol) {
        return new IpvsAddress(known, Decoding.address(a, SVC_ADDR, family), a.be16(SVC_PORT));
      }
    }
    throw new MalformedException("protocol: " + protocol + " (expected: 6, 17 or 132)");
  }

  static DestinationStatus destination(ByteBuffer payload, AddressFamily ofService) {
    return Decoding.decoded(
        () -> {
          Attributes a = Decoding.attributes(payload, NEW_DEST).nested(DEST);
          AddressFamily family =
              a.has(DEST_ADDR_FAMILY) ? Decoding.family(a.u16(DEST_ADDR_FAMILY)) : ofService;
          ForwardingMethod method =
              Decoding.oneOf(
                  "forwarding method",
                  ForwardingMethod.values(),
                  (int) a.u32(DEST_FWD_METHOD) & FWD_MASK);
          IpvsTunnel tunnel = null;
          if (method == ForwardingMethod.TUNNEL) {
            tunnel =
                a.has(DEST_TUN_TYPE)
                    ? new IpvsTunnel(
                        Decoding.oneOf(
                            "tunnel type", IpvsTunnel.Type.values(), a.u8(DEST_TUN_TYPE)),
                        a.be16(DEST_TUN_PORT),
                        Decoding.oneOf(
                            "tunnel flags", IpvsTunnel.Checksum.values(), a.u16(DEST_TUN_FLAGS)))
                    : IpvsTunnel.IPIP;
          }
          return new DestinationStatus(
              new IpvsDestination(
                  Decoding.address(a, DEST_ADDR, family),
                  a.be16(DEST_PORT),
                  method,
                  tunnel,
                  (int) a.u32(DEST_WEIGHT),
                  a.u32(DEST_U_THRESH),
                  a.u32(DEST_L_THRESH)),
              a.u32(DEST_ACTIVE_CONNS),
              a.u32(DEST_INACT_CONNS),
              a.u32(DEST_PERSIST_CONNS),
              Decoding.stats(a, DEST_STATS64, DEST_STATS));
        });
  }

  static IpvsDaemon daemon(ByteBuffer payload) {
    return Decoding.decoded(
        () -> {
          Attributes a = Decoding.attributes(payload, NEW_DAEMON).nested(DAEMON);
          InetAddress group = null;
          if (a.has(DAEMON_MCAST_GROUP6)) {
            group = AddressFamily.inet(a.bytes(DAEMON_MCAST_GROUP6, AddressFamily.IPV6.bytes()));
          } else if (a.has(DAEMON_MCAST_GROUP)) {
            group = AddressFamily.inet(a.bytes(DAEMON_MCAST_GROUP, AddressFamily.IPV4.bytes()));
          }
          return new IpvsDaemon(
              Decoding.oneOf(
                  "daemon state", IpvsDaemon.Role.values(), (int) a.u32(DAEMON_STATE) - 1),
              a.string(DAEMON_MCAST_IFN),
              (int) a.u32(DAEMON_SYNC_ID),
              a.has(DAEMON_SYNC_MAXLEN) ? a.u16(DAEMON_SYNC_MAXLEN) : 0,
              group,
              a.has(DAEMON_MCAST_PORT) ? a.u16(DAEMON_MCAST_PORT) : 0,
              a.has(DAEMON_MCAST_TTL) ? a.u8(DAEMON_MCAST_TTL) : 0);
        });
  }

  static IpvsTimeouts timeouts(ByteBuffer payload) {
    return Decoding.decoded(
        () -> {
          Attributes a = Decoding.attributes(payload, SET_CONFIG);
          return new IpvsTimeouts(a.u32(TIMEOUT_TCP), a.u32(TIMEOUT_TCP_FIN), a.u32(TIMEOUT_UDP));
        });
  }

  static IpvsInfo info(ByteBuffer payload) {
    return Decoding.decoded(
        () -> {
          Attributes a = Decoding.attributes(payload, SET_INFO);
          int version = (int) a.u32(INFO_VERSION);
          return new IpvsInfo(
              (version >> 16) & 0xff,
              (version >> 8) & 0xff,
              version & 0xff,
              a.u32(INFO_CONN_TAB_SIZE));
        });
  }
}

package io.evenkeel.kernel.net;

import io.evenkeel.kernel.netlink.Attributes;
import io.evenkeel.kernel.netlink.MalformedException;
import io.evenkeel.kernel.netlink.MessageWriter;
import io.evenkeel.kernel.netlink.Request;
import io.evenkeel.kernel.sys.Sys;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Routes in rtnetlink's words (struct rtmsg, RTA_*). Pure. */
final class RouteMessages {
  private static final int NEW = 24;
  private static final int DELETE = 25;
  private static final int GET = 26;
  private static final int HEADER_BYTES = 12;
  private static final int HOP_BYTES = 8;

  private static final int DESTINATION = 1;
  private static final int OUT_INDEX = 4;
  private static final int GATEWAY = 5;
  private static final int PRIORITY = 6;
  private static final int PREFERRED_SOURCE = 7;
  private static final int MULTIPATH = 9;
  private static final int TABLE = 15;
  private static final int VIA = 18;

  private static final int PROTOCOL_STATIC = 4;
  private static final int SCOPE_UNIVERSE = 0;
  private static final int SCOPE_LINK = 253;
  private static final int SCOPE_HOST = 254;

  /** RT_SCOPE_NOWHERE, with which a route of any scope is deleted. */
  private static final int SCOPE_ANY = 255;

  private static final int FLAG_CLONED = 0x200;
  private static final int MAX_BYTE = 255;

  /** RT_TABLE_COMPAT: the number does not fit, the attribute has it. */
  private static final int TABLE_ELSEWHERE = 252;

  private static final long METRIC_V6 = 1024;

  private RouteMessages() {}

  static Request list() {
    return new Request(
        "routes", GET, 0, writer -> writer.header(HEADER_BYTES).put(new byte[HEADER_BYTES]));
  }

  /**
   * Adds it; fails if one to the same network with the same metric is there.
   *
   * @param index the device's; 0: not said
   */
  static Request add(Route route, int index) {
    return new Request(
        "route " + route,
        NEW,
        Request.CREATE | Request.EXCLUSIVE,
        writer -> write(writer, route, index, false));
  }

  /** Takes it away; of IPv4 with metric 0 the first of any metric that is the same in the rest. */
  static Request remove(Route route, int index) {
    return new Request("route " + route, DELETE, 0, writer -> write(writer, route, index, true));
  }

  private static void write(MessageWriter writer, Route route, int index, boolean isDeleted) {
    boolean isV6 = Names.isV6(route.destination());
    writer
        .header(HEADER_BYTES)
        .put((byte) (isV6 ? Sys.AF_INET6 : Sys.AF_INET))
        .put((byte) route.prefix())
        .put((byte) 0)
        .put((byte) 0)
        .put((byte) (route.table() <= MAX_BYTE ? route.table() : TABLE_ELSEWHERE))
        .put((byte) (isDeleted ? 0 : PROTOCOL_STATIC))
        .put((byte) (isDeleted ? SCOPE_ANY : scope(route)))
        .put((byte) (route.type().ordinal() + 1))
        .putInt(0);
    if (route.prefix() > 0) {
      writer.bytes(DESTINATION, route.destination().getAddress());
    }
    InetAddress via = route.via();
    if (via != null && Names.isV6(via) == isV6) {
      writer.bytes(GATEWAY, via.getAddress());
    } else if (via != null) {
      byte[] address = via.getAddress();
      ByteBuffer value = ByteBuffer.allocate(2 + address.length).order(ByteOrder.nativeOrder());
      value.putShort((short) (Names.isV6(via) ? Sys.AF_INET6 : Sys.AF_INET)).put(address);
      writer.bytes(VIA, value.array());
    }
    if (index != 0) {
      writer.u32(OUT_INDEX, index);
    }
    InetAddress source = route.source();
    if (source != null) {
      writer.bytes(PREFERRED_SOURCE, source.getAddress());
    }
    // Of a route that is deleted 0 is any to the kernel.
    long metric = isDeleted ? metric(route) : route.metric();
    if (metric != 0) {
      writer.u32(PRIORITY, metric);
    }
    writer.u32(TABLE, route.table());
  }

  private static int scope(Route route) {
    return switch (route.type()) {
      case LOCAL -> SCOPE_HOST;
      case UNICAST ->
          route.via() == null && !Names.isV6(route.destination()) ? SCOPE_LINK : SCOPE_UNIVERSE;
      case BROADCAST, ANYCAST, MULTICAST -> SCOPE_LINK;
      default -> SCOPE_UNIVERSE;
    };
  }

  /**
   * What a message tells of.
   *
   * @param names of the devices by their indexes; null: there is none
   * @return one for each next hop; none: it is of another family, or of the cache
   */
  static List<Route> parse(ByteBuffer message, IntFunction<@Nullable String> names) {
    if (message.remaining() < HEADER_BYTES) {
      throw new MalformedException(
          "rtmsg: " + message.remaining() + " bytes (expected: " + HEADER_BYTES + " or more)");
    }
    int family = message.get(0);
    int type = message.get(7) & 0xff;
    boolean isCloned = (message.getInt(8) & FLAG_CLONED) != 0;
    boolean isIp = family == Sys.AF_INET || family == Sys.AF_INET6;
    if (!isIp || isCloned || type == 0 || type > Route.Type.values().length) {
      return List.of();
    }
    Attributes attributes =
        Attributes.parse(message.slice(HEADER_BYTES, message.remaining() - HEADER_BYTES));
    List<Route> routes = new ArrayList<>();
    if (attributes.has(MULTIPATH)) {
      ByteBuffer hops = ByteBuffer.wrap(attributes.bytes(MULTIPATH)).order(ByteOrder.nativeOrder());
      while (hops.hasRemaining()) {
        routes.add(hop(message, attributes, hops, names));
      }
    } else {
      int index = attributes.has(OUT_INDEX) ? (int) attributes.u32(OUT_INDEX) : 0;
      routes.add(route(message, attributes, attributes, index, names));
    }
    return routes;
  }

  /** struct rtnexthop, and attributes of its own. */
  private static Route hop(
      ByteBuffer message,
      Attributes attributes,
      ByteBuffer hops,
      IntFunction<@Nullable String> names) {
    int start = hops.position();
    int length = hops.remaining() < HOP_BYTES ? 0 : hops.getShort(start) & 0xffff;
    if (length < HOP_BYTES || length > hops.remaining()) {
      throw new MalformedException(
          "next hop: %d bytes (expected: %d..%d)".formatted(length, HOP_BYTES, hops.remaining()));
    }
    Attributes own = Attributes.parse(hops.slice(start + HOP_BYTES, length - HOP_BYTES));
    hops.position(Math.min(start + ((length + 3) & ~3), hops.limit()));
    return route(message, attributes, own, hops.getInt(start + 4), names);
  }

  private static Route route(
      ByteBuffer message,
      Attributes attributes,
      Attributes hop,
      int index,
      IntFunction<@Nullable String> names) {
    int bytes = (message.get(0) == Sys.AF_INET6 ? Names.BITS_V6 : Names.BITS_V4) / 8;
    try {
      return new Route(
          Route.Type.values()[(message.get(7) & 0xff) - 1],
          attributes.has(DESTINATION)
              ? Names.address(attributes.bytes(DESTINATION, bytes))
              : Names.address(new byte[bytes]),
          message.get(1) & 0xff,
          via(hop, bytes),
          index == 0 ? null : names.apply(index),
          attributes.has(PREFERRED_SOURCE)
              ? Names.address(attributes.bytes(PREFERRED_SOURCE, bytes))
              : null,
          attributes.has(TABLE) ? attributes.u32(TABLE) : message.get(4) & 0xff,
          attributes.has(PRIORITY) ? attributes.u32(PRIORITY) : 0);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("route: " + e.getMessage());
    }
  }

  private static @Nullable InetAddress via(Attributes hop, int bytes) {
    if (hop.has(GATEWAY)) {
      return Names.address(hop.bytes(GATEWAY, bytes));
    }
    if (!hop.has(VIA)) {
      return null;
    }
    byte[] value = hop.bytes(VIA);
    if (value.length != 2 + 4 && value.length != 2 + 16) {
      throw new MalformedException("via: " + value.length + " bytes (expected: 6 or 18)");
    }
    return Names.address(Arrays.copyOfRange(value, 2, value.length));
  }

  /** Whether what is there is what is wanted, in all that this says. */
  static boolean isSame(Route wanted, Route found) {
    return wanted.type() == found.type()
        && wanted.destination().equals(found.destination())
        && wanted.prefix() == found.prefix()
        && wanted.table() == found.table()
        && metric(wanted) == metric(found)
        && Objects.equals(wanted.via(), found.via())
        && (wanted.device() == null || wanted.device().equals(found.device()))
        && (wanted.source() == null || wanted.source().equals(found.source()));
  }

  private static long metric(Route route) {
    return Names.isV6(route.destination()) && route.metric() == 0 ? METRIC_V6 : route.metric();
  }
}

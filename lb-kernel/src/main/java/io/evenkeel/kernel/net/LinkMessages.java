package io.evenkeel.kernel.net;

import io.evenkeel.kernel.net.LinkKind.Dummy;
import io.evenkeel.kernel.net.LinkKind.Macvlan;
import io.evenkeel.kernel.net.LinkKind.Tunnel;
import io.evenkeel.kernel.netlink.Attributes;
import io.evenkeel.kernel.netlink.MalformedException;
import io.evenkeel.kernel.netlink.MessageWriter;
import io.evenkeel.kernel.netlink.Request;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Links in rtnetlink's words (struct ifinfomsg, IFLA_*). Pure. */
final class LinkMessages {
  static final int NEW = 16;
  static final int DELETE = 17;
  private static final int GET = 18;
  private static final int HEADER_BYTES = 16;

  private static final int ADDRESS = 1;
  private static final int NAME = 3;
  private static final int MTU = 4;
  private static final int PARENT = 5;
  private static final int OPER_STATE = 16;
  private static final int INFO = 18;
  private static final int INFO_KIND = 1;
  private static final int INFO_DATA = 2;
  private static final int EXTENSIONS = 29;
  private static final int WITHOUT_STATISTICS = 8;

  private static final int MACVLAN_MODE = 1;

  private static final int FLAG_UP = 1;
  private static final int FLAG_LOOPBACK = 8;
  private static final int FLAG_LOWER_UP = 0x10000;
  private static final int ETHERNET = 1;

  /** IP6_TNL_F_IGN_ENCAP_LIMIT: packets without a destination option for its limit. */
  private static final int NO_LIMIT = 1;

  private static final int HOP_LIMIT = 64;

  private LinkMessages() {}

  /** The attributes of tunnels: the two numberings that the kernel has of them. */
  private enum TunnelAttributes {
    IPTUN(2, 3, 4, 8),
    GRE(6, 7, 8, 13);

    final int local;
    final int remote;
    final int hopLimit;
    final int flags;

    TunnelAttributes(int local, int remote, int hopLimit, int flags) {
      this.local = local;
      this.remote = remote;
      this.hopLimit = hopLimit;
      this.flags = flags;
    }

    static TunnelAttributes of(Tunnel.Type type) {
      return switch (type) {
        case IPIP, IP6TNL -> IPTUN;
        case GRE, IP6GRE -> GRE;
      };
    }
  }

  static Request list() {
    return new Request(
        "links",
        GET,
        0,
        writer -> {
          header(writer, 0, 0, 0);
          writer.u32(EXTENSIONS, WITHOUT_STATISTICS);
        });
  }

  /**
   * Finds one.
   *
   * @param command for what
   */
  static Request find(String command, String name) {
    return new Request(
        command,
        GET,
        0,
        writer -> {
          header(writer, 0, 0, 0);
          writer.u32(EXTENSIONS, WITHOUT_STATISTICS).string(NAME, name);
        });
  }

  /**
   * Makes one; fails if there is one with its name.
   *
   * @param parent the index of the device that it is on; 0: none
   */
  static Request add(String name, LinkKind kind, int parent) {
    return new Request(
        command(name, kind),
        NEW,
        Request.CREATE | Request.EXCLUSIVE,
        writer -> {
          header(writer, 0, 0, 0);
          writer.string(NAME, name);
          if (parent != 0) {
            writer.u32(PARENT, parent);
          }
          if (kind instanceof Macvlan macvlan && macvlan.mac() != null) {
            writer.bytes(ADDRESS, macvlan.mac().bytes());
          }
          writer.nested(
              INFO,
              () -> {
                writer.string(INFO_KIND, kind.kernelName());
                writer.nested(INFO_DATA, () -> data(writer, kind));
              });
        });
  }

  static String command(String name, LinkKind kind) {
    return "link " + name + " type " + kind.kernelName();
  }

  /**
   * Takes one away.
   *
   * @param index its number; 0: whichever has the name
   */
  static Request remove(String name, int index) {
    return new Request(
        "link " + name,
        DELETE,
        0,
        writer -> {
          header(writer, index, 0, 0);
          if (index == 0) {
            writer.string(NAME, name);
          }
        });
  }

  static Request set(String name, int index, boolean up) {
    return new Request(
        "link " + name + (up ? " up" : " down"),
        NEW,
        0,
        writer -> header(writer, index, up ? FLAG_UP : 0, FLAG_UP));
  }

  private static void header(MessageWriter writer, int index, int flags, int changed) {
    writer.header(HEADER_BYTES).putInt(0).putInt(index).putInt(flags).putInt(changed);
  }

  private static void data(MessageWriter writer, LinkKind kind) {
    if (kind instanceof Macvlan macvlan) {
      writer.u32(MACVLAN_MODE, macvlan.mode().number);
    } else if (kind instanceof Tunnel tunnel) {
      TunnelAttributes attributes = TunnelAttributes.of(tunnel.type());
      writer.bytes(attributes.local, bytes(tunnel.local(), tunnel.type()));
      writer.bytes(attributes.remote, bytes(tunnel.remote(), tunnel.type()));
      if (tunnel.type().isV6) {
        writer.u8(attributes.hopLimit, HOP_LIMIT).u32(attributes.flags, NO_LIMIT);
      }
    }
  }

  /**
   * Whether a link is what is wanted.
   *
   * @param message that tells of it
   * @param parent the index of the device that it is to be on; 0: none
   */
  static boolean isSame(ByteBuffer message, LinkKind wanted, int parent) {
    Attributes attributes = attributes(message);
    if (!kind(attributes).equals(wanted.kernelName())) {
      return false;
    }
    if (wanted instanceof Dummy) {
      return true;
    }
    Attributes info = attributes.nested(INFO);
    if (!info.has(INFO_DATA)) {
      return false;
    }
    Attributes data = info.nested(INFO_DATA);
    if (wanted instanceof Macvlan macvlan) {
      return data.u32(MACVLAN_MODE) == macvlan.mode().number
          && attributes.u32(PARENT) == parent
          && (macvlan.mac() == null
              || Arrays.equals(attributes.bytes(ADDRESS), macvlan.mac().bytes()));
    }
    Tunnel tunnel = (Tunnel) wanted;
    TunnelAttributes numbers = TunnelAttributes.of(tunnel.type());
    return isSame(data, numbers.local, bytes(tunnel.local(), tunnel.type()))
        && isSame(data, numbers.remote, bytes(tunnel.remote(), tunnel.type()));
  }

  private static boolean isSame(Attributes data, int type, byte[] wanted) {
    byte[] found = data.has(type) ? data.bytes(type) : new byte[wanted.length];
    return Arrays.equals(found, wanted);
  }

  /**
   * What a message tells of.
   *
   * @return null: of a link's part in a bridge, or of what only a radio link has
   */
  static @Nullable Link parse(ByteBuffer message) {
    Attributes attributes = attributes(message);
    boolean isWhole = message.get(0) == 0 && attributes.has(NAME) && attributes.has(MTU);
    if (!isWhole) {
      return null;
    }
    int flags = message.getInt(8);
    int state = attributes.has(OPER_STATE) ? attributes.u8(OPER_STATE) : 0;
    OperState[] states = OperState.values();
    return new Link(
        message.getInt(4),
        attributes.string(NAME),
        kind(attributes),
        mac(message, attributes),
        (flags & FLAG_UP) != 0,
        (flags & FLAG_LOWER_UP) != 0,
        state < states.length ? states[state] : OperState.UNKNOWN,
        (int) attributes.u32(MTU),
        (flags & FLAG_LOOPBACK) != 0);
  }

  private static @Nullable MacAddress mac(ByteBuffer message, Attributes attributes) {
    int hardware = message.getShort(2) & 0xffff;
    return hardware == ETHERNET && attributes.has(ADDRESS)
        ? MacAddress.of(attributes.bytes(ADDRESS, MacAddress.BYTES))
        : null;
  }

  private static String kind(Attributes attributes) {
    if (!attributes.has(INFO)) {
      return "";
    }
    Attributes info = attributes.nested(INFO);
    return info.has(INFO_KIND) ? info.string(INFO_KIND) : "";
  }

  private static Attributes attributes(ByteBuffer message) {
    if (message.remaining() < HEADER_BYTES) {
      throw new MalformedException(
          "ifinfomsg: " + message.remaining() + " bytes (expected: " + HEADER_BYTES + " or more)");
    }
    return Attributes.parse(message.slice(HEADER_BYTES, message.remaining() - HEADER_BYTES));
  }

  private static byte[] bytes(@Nullable InetAddress address, Tunnel.Type type) {
    int bits = type.isV6 ? Names.BITS_V6 : Names.BITS_V4;
    return address == null ? new byte[bits / 8] : address.getAddress();
  }
}

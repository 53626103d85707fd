package io.evenkeel.kernel.net;

import io.evenkeel.kernel.sys.AddressText;
import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a link that is made is. Immutable. */
public sealed interface LinkKind {

  /**
   * The kernel's name for it.
   *
   * @return as in {@code ip link add type}
   */
  String kernelName();

  /** A device that leads nowhere: it holds addresses. */
  record Dummy() implements LinkKind {
    @Override
    public String kernelName() {
      return "dummy";
    }
  }

  /**
   * Another Ethernet address on a device, with a name of its own.
   *
   * @param parent the device's name
   * @param mode who hears whom
   * @param mac its address; null: the kernel draws one
   */
  record Macvlan(String parent, Mode mode, @Nullable MacAddress mac) implements LinkKind {
    /**
     * Checks the parent's name.
     *
     * @throws IllegalArgumentException if it is none
     */
    public Macvlan {
      Names.device(parent);
      Objects.requireNonNull(mode, "mode");
    }

    @Override
    public String kernelName() {
      return "macvlan";
    }

    /** Which of the parent's macvlan devices hear each other (linux/if_link.h). */
    public enum Mode {
      /** None. */
      PRIVATE(1),
      /** By way of the switch outside. */
      VEPA(2),
      /** All. */
      BRIDGE(4);

      final int number;

      Mode(int number) {
        this.number = number;
      }
    }
  }

  /**
   * A tunnel. One from any address to any address receives what is sent to this host, as a real
   * server of LVS-TUN does. Of these a namespace has one of each type: the kernel makes it itself
   * when it learns the type, with the name {@link Type#receiver()}.
   *
   * @param type what is packed into what
   * @param local address of this end, of the type's family; null: any
   * @param remote address of the other end, of the type's family; null: any
   */
  record Tunnel(Type type, @Nullable InetAddress local, @Nullable InetAddress remote)
      implements LinkKind {
    /**
     * Checks the families.
     *
     * @throws IllegalArgumentException if one is not the type's
     */
    public Tunnel {
      Objects.requireNonNull(type, "type");
      requireFamily("local", type, local);
      requireFamily("remote", type, remote);
    }

    @Override
    public String kernelName() {
      return type.kernelName;
    }

    private static void requireFamily(String name, Type type, @Nullable InetAddress address) {
      if (address != null && Names.isV6(address) != type.isV6) {
        throw new IllegalArgumentException(
            "%s: %s (expected: an IPv%d address, of %s)"
                .formatted(name, AddressText.of(address), type.isV6 ? 6 : 4, type.kernelName));
      }
    }

    /** What is packed into what. */
    public enum Type {
      /** IPv4 in IPv4 (RFC 2003). */
      IPIP("ipip", "tunl0", false),
      /** IPv4 or IPv6 in GRE in IPv4 (RFC 2784). */
      GRE("gre", "gre0", false),
      /** IPv4 or IPv6 in IPv6 (RFC 2473). */
      IP6TNL("ip6tnl", "ip6tnl0", true),
      /** IPv4 or IPv6 in GRE in IPv6 (RFC 7676). */
      IP6GRE("ip6gre", "ip6gre0", true);

      final String kernelName;
      final String receiver;
      final boolean isV6;

      Type(String kernelName, String receiver, boolean isV6) {
        this.kernelName = kernelName;
        this.receiver = receiver;
        this.isV6 = isV6;
      }

      /**
       * The kernel's own device of this type, from any to any. That of {@link #IP6TNL} takes IPv6
       * in IPv6 alone.
       *
       * @return its name
       */
      public String receiver() {
        return receiver;
      }
    }
  }
}

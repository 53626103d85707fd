package io.evenkeel.kernel.ipvs;

import io.evenkeel.kernel.ipvs.RuleOption.Kind;
import io.evenkeel.kernel.sys.AddressText;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One rule. What is wrong with it is an {@link IllegalArgumentException}. */
final class RuleReader {
  private static final String DEFAULT_SCHEDULER = "wlc";

  private static final List<RuleOption> KEYS =
      List.of(
          RuleOption.TCP_SERVICE,
          RuleOption.UDP_SERVICE,
          RuleOption.SCTP_SERVICE,
          RuleOption.MARK_SERVICE);

  private static final List<RuleOption> METHODS =
      List.of(RuleOption.GATEWAYING, RuleOption.IPIP, RuleOption.MASQUERADING);

  private static final List<RuleOption> CHECKSUMS =
      List.of(
          RuleOption.TUNNEL_NO_CHECKSUM,
          RuleOption.TUNNEL_CHECKSUM,
          RuleOption.TUNNEL_REMOTE_CHECKSUM);

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

  /** What inet_aton(3), and so a resolver, may take for an address, though none is written so. */
  private static final Pattern NUMBER =
      Pattern.compile("(0[xX][0-9a-fA-F]*|\\d+)(\\.(0[xX][0-9a-fA-F]*|\\d+))*\\.?");

  private final Map<RuleOption, String> options;
  private final RuleNames names;

  private RuleReader(Map<RuleOption, String> options, RuleNames names) {
    this.options = options;
    this.names = names;
  }

  static IpvsChange read(List<String> words, RuleNames names) {
    Map<RuleOption, String> options = RuleOption.parse(words);
    if (options.isEmpty()) {
      throw new IllegalArgumentException("nothing (expected: " + RuleOption.commands() + ")");
    }
    return new RuleReader(options, names).read(options.keySet().iterator().next());
  }

  private IpvsChange read(RuleOption command) {
    return switch (command) {
      case ADD_SERVICE -> new IpvsChange.AddService(service(command));
      case EDIT_SERVICE -> new IpvsChange.EditService(service(command));
      case DELETE_SERVICE -> {
        allow(command, Kind.KEY);
        yield new IpvsChange.DeleteService(key());
      }
      case ADD_SERVER -> new IpvsChange.AddDestination(key(), destination(command));
      case EDIT_SERVER -> new IpvsChange.EditDestination(key(), destination(command));
      case DELETE_SERVER -> {
        allow(command, Kind.KEY, Kind.SERVER);
        yield new IpvsChange.DeleteDestination(key(), deleted(key()));
      }
      case CLEAR -> {
        allow(command);
        yield new IpvsChange.Flush();
      }
      default -> {
        allow(command, Kind.KEY);
        yield new IpvsChange.Zero(options.size() == 1 ? null : key());
      }
    };
  }

  private void allow(RuleOption command, Kind... kinds) {
    Set<Kind> allowed = EnumSet.of(Kind.COMMAND, kinds);
    for (RuleOption option : options.keySet()) {
      if (!allowed.contains(option.kind())) {
        throw new IllegalArgumentException(option + " with " + command + " (expected: without)");
      }
    }
  }

  private IpvsKey key() {
    RuleOption option = oneOf(KEYS);
    if (option == null) {
      throw new IllegalArgumentException(
          "service: none (expected: -t, -u, --sctp-service or -f with a value)");
    }
    boolean isIpv6 = options.containsKey(RuleOption.IPV6);
    if (option == RuleOption.MARK_SERVICE) {
      return new IpvsMark(mark(), isIpv6 ? AddressFamily.IPV6 : AddressFamily.IPV4);
    }
    if (isIpv6) {
      throw new IllegalArgumentException("-6 with " + option + " (expected: with -f)");
    }
    IpvsProtocol protocol =
        switch (option) {
          case TCP_SERVICE -> IpvsProtocol.TCP;
          case UDP_SERVICE -> IpvsProtocol.UDP;
          default -> IpvsProtocol.SCTP;
        };
    Host host = Host.of(option, value(option));
    return new IpvsAddress(protocol, host.address(names), host.port(protocol, names, 0));
  }

  /** What {@code ipvsadm} saves as a negative number is the unsigned one. */
  private long mark() {
    String text = value(RuleOption.MARK_SERVICE);
    if (text.startsWith("-")) {
      long negative = number(RuleOption.MARK_SERVICE, text.substring(1), 1, 1L << 31);
      return (1L << 32) - negative;
    }
    return number(RuleOption.MARK_SERVICE, text, 1, 0xffff_ffffL);
  }

  private IpvsService service(RuleOption command) {
    allow(command, Kind.KEY, Kind.OF_SERVICE);
    IpvsKey key = key();
    IpvsPersistence persistence = persistence(key);
    if (key instanceof IpvsAddress address && address.port() == 0 && persistence == null) {
      throw new IllegalArgumentException(key + " (expected: a port, or -p)");
    }
    boolean isOnePacket = options.containsKey(RuleOption.ONE_PACKET);
    if (isOnePacket
        && key instanceof IpvsAddress address
        && address.protocol() != IpvsProtocol.UDP) {
      throw new IllegalArgumentException("-o with " + key + " (expected: with -u or -f)");
    }
    String scheduler = options.getOrDefault(RuleOption.SCHEDULER, DEFAULT_SCHEDULER);
    return new IpvsService(key, scheduler, flags(scheduler), persistence, isOnePacket);
  }

  private @Nullable IpvsPersistence persistence(IpvsKey key) {
    if (!options.containsKey(RuleOption.PERSISTENT)) {
      for (RuleOption option : List.of(RuleOption.NETMASK, RuleOption.ENGINE)) {
        if (options.containsKey(option)) {
          throw new IllegalArgumentException(option + " without -p (expected: with it)");
        }
      }
      return null;
    }
    long timeout =
        value(RuleOption.PERSISTENT).isEmpty()
            ? IpvsPersistence.DEFAULT_TIMEOUT_SECONDS
            : number(
                RuleOption.PERSISTENT,
                value(RuleOption.PERSISTENT),
                1,
                IpvsPersistence.MAX_TIMEOUT_SECONDS);
    String engine = options.get(RuleOption.ENGINE);
    int bits = key.family().bits();
    String mask = options.get(RuleOption.NETMASK);
    if (mask == null) {
      return new IpvsPersistence(timeout, bits, engine);
    }
    return key.family() == AddressFamily.IPV6
        ? new IpvsPersistence(timeout, (int) number(RuleOption.NETMASK, mask, 1, bits), engine)
        : IpvsPersistence.ofNetmask(timeout, netmask(mask), engine);
  }

  private static int netmask(String text) {
    InetAddress address = text.indexOf(':') < 0 ? AddressText.parse(text) : null;
    if (address == null) {
      throw new IllegalArgumentException(
          RuleOption.NETMASK + ": " + text + " (expected: a netmask such as 255.255.255.0)");
    }
    return ByteBuffer.wrap(address.getAddress()).getInt();
  }

  private Set<SchedulerFlag> flags(String scheduler) {
    Set<SchedulerFlag> flags = EnumSet.noneOf(SchedulerFlag.class);
    for (String name : options.getOrDefault(RuleOption.SCHEDULER_FLAGS, "").split(",", -1)) {
      if (!name.isEmpty()) {
        flags.add(SchedulerFlag.of(name, scheduler));
      }
    }
    return flags;
  }

  private IpvsDestination destination(RuleOption command) {
    allow(command, Kind.KEY, Kind.SERVER, Kind.OF_SERVER);
    IpvsKey key = key();
    Host host = server(key);
    RuleOption option = oneOf(METHODS);
    ForwardingMethod method =
        option == RuleOption.IPIP
            ? ForwardingMethod.TUNNEL
            : option == RuleOption.MASQUERADING
                ? ForwardingMethod.MASQUERADE
                : ForwardingMethod.DIRECT;
    InetAddress address = host.address(names);
    if (AddressFamily.of(address) != key.family() && method != ForwardingMethod.TUNNEL) {
      throw new IllegalArgumentException(
          RuleOption.SERVER + ": " + host.text() + " (expected: " + key.family() + ", or -i)");
    }
    int port = port(host, key);
    if (key instanceof IpvsAddress service
        && port != service.port()
        && method != ForwardingMethod.MASQUERADE) {
      throw new IllegalArgumentException(
          RuleOption.SERVER
              + ": "
              + host.text()
              + " (expected: port "
              + service.port()
              + ", or -m)");
    }
    return new IpvsDestination(
        address,
        port,
        method,
        tunnel(method),
        (int) number(RuleOption.WEIGHT, 1, Integer.MAX_VALUE),
        number(RuleOption.UPPER, 0, 0xffff_ffffL),
        number(RuleOption.LOWER, 0, 0xffff_ffffL));
  }

  private IpvsDestination deleted(IpvsKey key) {
    Host host = server(key);
    return IpvsDestination.of(host.address(names), port(host, key), ForwardingMethod.MASQUERADE, 0);
  }

  private Host server(IpvsKey key) {
    if (!options.containsKey(RuleOption.SERVER)) {
      throw new IllegalArgumentException("real server: none of " + key + " (expected: -r)");
    }
    return Host.of(RuleOption.SERVER, value(RuleOption.SERVER));
  }

  private int port(Host host, IpvsKey key) {
    return key instanceof IpvsAddress service
        ? host.port(service.protocol(), names, service.port())
        : host.port(IpvsProtocol.TCP, names, 0);
  }

  private @Nullable IpvsTunnel tunnel(ForwardingMethod method) {
    RuleOption checksum = oneOf(CHECKSUMS);
    if (method != ForwardingMethod.TUNNEL) {
      RuleOption other =
          options.containsKey(RuleOption.TUNNEL_TYPE)
              ? RuleOption.TUNNEL_TYPE
              : options.containsKey(RuleOption.TUNNEL_PORT) ? RuleOption.TUNNEL_PORT : checksum;
      if (other != null) {
        throw new IllegalArgumentException(other + " without -i (expected: with it)");
      }
      return null;
    }
    IpvsTunnel.Type type = tunnelType();
    if (type == IpvsTunnel.Type.IPIP && checksum != null) {
      throw new IllegalArgumentException(checksum + " with ipip (expected: with gue or gre)");
    }
    for (RuleOption ofGue : List.of(RuleOption.TUNNEL_PORT, RuleOption.TUNNEL_REMOTE_CHECKSUM)) {
      if (type != IpvsTunnel.Type.GUE && options.containsKey(ofGue)) {
        throw new IllegalArgumentException(
            ofGue + " with " + type.name().toLowerCase(Locale.ROOT) + " (expected: with gue)");
      }
    }
    return new IpvsTunnel(
        type,
        (int) number(RuleOption.TUNNEL_PORT, 0, 65535),
        checksum == null
            ? IpvsTunnel.Checksum.NONE
            : IpvsTunnel.Checksum.values()[CHECKSUMS.indexOf(checksum)]);
  }

  private IpvsTunnel.Type tunnelType() {
    String text = options.getOrDefault(RuleOption.TUNNEL_TYPE, "ipip");
    for (IpvsTunnel.Type type : IpvsTunnel.Type.values()) {
      if (text.equals(type.name().toLowerCase(Locale.ROOT))) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        RuleOption.TUNNEL_TYPE + ": " + text + " (expected: ipip, gue or gre)");
  }

  private @Nullable RuleOption oneOf(List<RuleOption> alternatives) {
    List<RuleOption> given = alternatives.stream().filter(options::containsKey).toList();
    if (given.size() > 1) {
      throw new IllegalArgumentException(
          given.get(0) + " and " + given.get(1) + " (expected: one of them)");
    }
    return given.isEmpty() ? null : given.get(0);
  }

  private String value(RuleOption option) {
    return options.getOrDefault(option, "");
  }

  /** Of an option that may be missing. */
  private long number(RuleOption option, long ifMissing, long max) {
    return options.containsKey(option) ? number(option, value(option), 0, max) : ifMissing;
  }

  static long number(RuleOption option, String text, long min, long max) {
    if (text.matches("\\d{1,18}")) {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw new IllegalArgumentException(
        option + ": " + text + " (expected: " + min + ".." + max + ")");
  }

  /**
   * HOST, HOST:PORT, [IPV6]:PORT or IPV6; the port is null where there is none. A name in brackets
   * is that of an IPv6 address: the same without may have an IPv4 address, too.
   */
  private record Host(
      RuleOption option, String text, String host, boolean isBracketed, @Nullable String port) {
    static Host of(RuleOption option, String text) {
      int bracket = text.indexOf(']');
      int colon = text.lastIndexOf(':');
      if (text.startsWith("[") && bracket > 0) {
        String rest = text.substring(bracket + 1);
        if (rest.isEmpty() || rest.startsWith(":")) {
          return new Host(
              option,
              text,
              text.substring(1, bracket),
              true,
              rest.isEmpty() ? null : rest.substring(1));
        }
      } else if (colon < 0 || text.indexOf(':') != colon) {
        return new Host(option, text, text, false, null);
      }
      return new Host(
          option, text, text.substring(0, Math.max(colon, 0)), false, text.substring(colon + 1));
    }

    InetAddress address(RuleNames names) {
      AddressFamily family = isBracketed ? AddressFamily.IPV6 : null;
      InetAddress address = AddressText.parse(host);
      if (address == null && NAME.matcher(host).matches() && !NUMBER.matcher(host).matches()) {
        address = names.address(host, family);
      }
      if (address == null || (family != null && AddressFamily.of(address) != family)) {
        throw new IllegalArgumentException(
            option + ": " + text + " (expected: HOST:PORT, an IPv6 address in brackets)");
      }
      return address;
    }

    int port(IpvsProtocol protocol, RuleNames names, int ifMissing) {
      if (port == null) {
        return ifMissing;
      }
      if (port.matches("\\d+")) {
        return (int) number(option, port, 0, 65535);
      }
      Integer named = names.port(port, protocol);
      if (named == null) {
        throw new IllegalArgumentException(
            option
                + ": "
                + text
                + " (expected: a port, 0..65535, or a service of "
                + protocol
                + ")");
      }
      return named;
    }
  }
}

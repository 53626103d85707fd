package io.evenkeel.kernel.ipvs;

import io.evenkeel.kernel.netlink.MalformedException;
import java.net.InetAddress;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A line of {@code /proc/net/ip_vs_conn}: fields with spaces between, addresses and ports in hex;
 * what is behind the ninth is the persistence engine and its data, which may have spaces. Pure.
 */
final class ConnectionLine {
  static final String HEADER_START = "Pro FromIP";
  private static final String OTHER_PROTOCOL = "IP_";

  private final String line;
  private int position;

  private ConnectionLine(String line) {
    this.line = line;
  }

  /**
   * Takes a line apart.
   *
   * @throws MalformedException if a field is missing or is not what it should be
   */
  static IpvsConnection parse(String line) {
    return new ConnectionLine(line).parse();
  }

  private IpvsConnection parse() {
    try {
      int protocol = protocol(field("protocol"));
      InetAddress client = address("client");
      int clientPort = port("client port");
      InetAddress virtual = address("virtual address");
      int virtualPort = port("virtual port");
      if (AddressFamily.of(client) != AddressFamily.of(virtual)) {
        throw new MalformedException("virtual address: not of the client's family");
      }
      InetAddress destination = address("destination");
      int destinationPort = port("destination port");
      String state = field("state");
      long expiry = decimal("expiry", field("expiry"), 10);
      String engine = null;
      String data = null;
      if (position < line.length()) {
        engine = field("persistence engine");
        data = rest();
      }
      return new IpvsConnection(
          protocol,
          client,
          clientPort,
          virtual,
          virtualPort,
          destination,
          destinationPort,
          state,
          expiry,
          engine,
          data);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()));
    }
  }

  private String field(String name) {
    while (position < line.length() && line.charAt(position) == ' ') {
      position++;
    }
    int start = position;
    while (position < line.length() && line.charAt(position) != ' ') {
      position++;
    }
    if (position == start) {
      throw new MalformedException(name + ": missing");
    }
    return line.substring(start, position);
  }

  private @Nullable String rest() {
    return position + 1 < line.length() ? line.substring(position + 1) : null;
  }

  private static int protocol(String name) {
    return switch (name) {
      case "IP" -> 0;
      case "ICMP" -> 1;
      case "TCP" -> 6;
      case "UDP" -> 17;
      case "ESP" -> 50;
      case "AH" -> 51;
      case "ICMPv6" -> 58;
      case "SCTP" -> 132;
      default -> {
        if (!name.startsWith(OTHER_PROTOCOL)) {
          throw new MalformedException("protocol: " + name + " (expected: TCP, UDP, SCTP ...)");
        }
        yield (int) decimal("protocol", name.substring(OTHER_PROTOCOL.length()), 3);
      }
    };
  }

  private int port(String name) {
    String digits = field(name);
    if (digits.length() != 4) {
      throw new MalformedException(name + ": " + digits + " (expected: 4 hex digits)");
    }
    return hex(name, digits, 0, 4);
  }

  /** 8 hex digits, or 8 times 4 with colons between. */
  private InetAddress address(String name) {
    String digits = field(name);
    if (digits.length() == 8) {
      int value = hex(name, digits, 0, 4) << 16 | hex(name, digits, 4, 8);
      return AddressFamily.inet(
          new byte[] {
            (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
          });
    }
    if (digits.length() != 39) {
      throw new MalformedException(name + ": " + digits + " (expected: an address in hex)");
    }
    byte[] bytes = new byte[16];
    for (int i = 0; i < 8; i++) {
      if (i > 0 && digits.charAt(5 * i - 1) != ':') {
        throw new MalformedException(name + ": " + digits + " (expected: an address in hex)");
      }
      int group = hex(name, digits, 5 * i, 5 * i + 4);
      bytes[2 * i] = (byte) (group >> 8);
      bytes[2 * i + 1] = (byte) group;
    }
    return AddressFamily.inet(bytes);
  }

  private static int hex(String name, String digits, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      char digit = digits.charAt(i);
      if (!HexFormat.isHexDigit(digit)) {
        throw new MalformedException(name + ": " + digits + " (expected: hex digits)");
      }
      value = value << 4 | HexFormat.fromHexDigit(digit);
    }
    return value;
  }

  private static long decimal(String name, String digits, int most) {
    boolean isNumber =
        !digits.isEmpty()
            && digits.length() <= most
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!isNumber) {
      throw new MalformedException(
          name + ": " + digits + " (expected: 1.." + most + " decimal digits)");
    }
    return Long.parseLong(digits);
  }
}

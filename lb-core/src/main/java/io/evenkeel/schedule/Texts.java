package io.evenkeel.schedule;

import io.evenkeel.pool.Flow;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The words of reasonings. They are not in the selectors: when the JVM compiles a hot method, it
 * makes all the strings that its class names, on the thread that is choosing.
 */
final class Texts {
  /** A log line with ten thousand servers helps nobody. */
  private static final int SHOWN = 20;

  private Texts() {}

  /** The first of them, and how many more there are. */
  static String list(List<?> items) {
    String shown =
        items.stream().limit(SHOWN).map(Object::toString).collect(Collectors.joining(", "));
    if (items.isEmpty()) {
      return "nobody";
    }
    return items.size() <= SHOWN ? shown : shown + " and " + (items.size() - SHOWN) + " more";
  }

  /** Without a fraction where there is none. */
  static String number(double value) {
    return value == (long) value ? Long.toString((long) value) : Double.toString(value);
  }

  /** What ewma compares. */
  static String latency(double unknownAndBusy) {
    return "latency in ns · (connections + 1) / weight; of unknown latency 0 if idle, else "
        + unknownAndBusy
        + " · connections / weight";
  }

  /** Why the ring passes a server over that is eligible. */
  static String full(long connections, double share) {
    return connections + " connections, its share " + number(share);
  }

  /** The client, as those who go by it hash it. */
  static String client(Flow flow, boolean withPort) {
    String client = "client " + address(flow.clientHigh(), flow.clientLow());
    return withPort ? client + " port " + flow.clientPort() : client;
  }

  /** What the client asked for. */
  static String destination(Flow flow) {
    return "destination " + address(flow.destinationHigh(), flow.destinationLow());
  }

  /**
   * An address.
   *
   * @param high first eight bytes, as {@link Flow} has them
   * @param low last eight bytes
   */
  private static String address(long high, long low) {
    byte[] bytes = ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
    try {
      return InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}

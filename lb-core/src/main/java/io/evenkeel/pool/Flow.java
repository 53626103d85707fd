package io.evenkeel.pool;

import io.evenkeel.model.Protocol;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who wants to reach what: the input of a choice. Owned and reused by one caller, who fills it
 * before each choice; nothing keeps a reference to it. Not thread-safe.
 *
 * <p>An address is two longs in network order; an IPv4 address is mapped into IPv6 as {@code
 * ::ffff:a.b.c.d} (RFC 4291 section 2.5.5.2).
 */
public final class Flow {
  private static final long IPV4_MAPPED = 0xffffL << 32;
  private static final AtomicInteger STRIPES = new AtomicInteger();

  private Protocol protocol = Protocol.TCP;
  private long clientHigh;
  private long clientLow;
  private int clientPort;
  private long destinationHigh;
  private long destinationLow;
  private int destinationPort;
  private final int stripe;

  /** A TCP flow from and to the unspecified address, in a stripe of its own as far as there are. */
  public Flow() {
    this(STRIPES.getAndIncrement());
  }

  /**
   * A TCP flow from and to the unspecified address.
   *
   * @param stripe see {@link #stripe()}
   */
  public Flow(int stripe) {
    this.stripe = stripe;
  }

  /**
   * Which callers it goes with: schedulers with a rotation have one for each stripe, so that
   * callers in different stripes do not wait for each other.
   *
   * @return any number; the schedulers fold it to the number of stripes that they have
   */
  public int stripe() {
    return stripe;
  }

  /**
   * Sets the protocol.
   *
   * @param value transport protocol
   * @return this
   */
  public Flow protocol(Protocol value) {
    this.protocol = value;
    return this;
  }

  /**
   * Sets the client; allocates a short array when the address is IPv6.
   *
   * @param client resolved address and port
   * @return this
   */
  public Flow client(InetSocketAddress client) {
    InetAddress address = client.getAddress();
    return client(high(address), low(address), client.getPort());
  }

  /**
   * Sets the client.
   *
   * @param high first eight bytes of its address
   * @param low last eight bytes of its address
   * @param port 0..65535
   * @return this
   */
  public Flow client(long high, long low, int port) {
    this.clientHigh = high;
    this.clientLow = low;
    this.clientPort = port;
    return this;
  }

  /**
   * Sets the address that the client asked for; allocates a short array when it is IPv6.
   *
   * @param destination resolved address and port
   * @return this
   */
  public Flow destination(InetSocketAddress destination) {
    InetAddress address = destination.getAddress();
    return destination(high(address), low(address), destination.getPort());
  }

  /**
   * Sets the address that the client asked for.
   *
   * @param high first eight bytes of the address
   * @param low last eight bytes of the address
   * @param port 0..65535
   * @return this
   */
  public Flow destination(long high, long low, int port) {
    this.destinationHigh = high;
    this.destinationLow = low;
    this.destinationPort = port;
    return this;
  }

  /**
   * The protocol.
   *
   * @return transport protocol
   */
  public Protocol protocol() {
    return protocol;
  }

  /**
   * The client's address.
   *
   * @return its first eight bytes
   */
  public long clientHigh() {
    return clientHigh;
  }

  /**
   * The client's address.
   *
   * @return its last eight bytes
   */
  public long clientLow() {
    return clientLow;
  }

  /**
   * The client's port.
   *
   * @return 0..65535
   */
  public int clientPort() {
    return clientPort;
  }

  /**
   * The address that the client asked for.
   *
   * @return its first eight bytes
   */
  public long destinationHigh() {
    return destinationHigh;
  }

  /**
   * The address that the client asked for.
   *
   * @return its last eight bytes
   */
  public long destinationLow() {
    return destinationLow;
  }

  /**
   * The port that the client asked for.
   *
   * @return 0..65535
   */
  public int destinationPort() {
    return destinationPort;
  }

  private static long high(InetAddress address) {
    return address instanceof Inet4Address ? 0 : ByteBuffer.wrap(address.getAddress()).getLong();
  }

  private static long low(InetAddress address) {
    // The hash of an Inet4Address is its address (Inet4Address#hashCode), without an array.
    return address instanceof Inet4Address
        ? IPV4_MAPPED | Integer.toUnsignedLong(address.hashCode())
        : ByteBuffer.wrap(address.getAddress()).getLong(Long.BYTES);
  }
}

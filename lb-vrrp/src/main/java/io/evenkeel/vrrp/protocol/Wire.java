package io.evenkeel.vrrp.protocol;

import io.evenkeel.vrrp.protocol.HmacKeys.Mode;
import io.evenkeel.vrrp.protocol.Peers.Peer;
import io.evenkeel.vrrp.protocol.Received.Accepted;
import io.evenkeel.vrrp.protocol.Received.Rejected;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the packets of one router, and reads those of its peers. Pure; not thread-safe.
 *
 * <p>Of each of the last 16 peers (or as many as are configured) it remembers the form of its
 * checksum, to answer in kind; the number of its last authentic packet, so that none is taken
 * twice; and that it speaks version 3, so that its packets of version 2 are left alone.
 *
 * <p>What is received must be a whole packet, of exactly the length that its headers tell; packets
 * with IP options, fragments, and bytes behind the message are rejected. The checksum of the IP
 * header is looked at, too.
 */
public final class Wire {
  /** RFC 9568, 5.1.1.2; where all routers of IPv4 listen. */
  private static final byte[] GROUP_V4 = {(byte) 224, 0, 0, 18};

  /** RFC 9568, 5.1.2.2; where all routers of IPv6 listen. */
  private static final byte[] GROUP_V6 = {
    (byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12
  };

  private static final int MAX_IDENTIFICATION = 0xffff;
  private static final int V3_INTERVALS = 3;

  private final WireConfig config;
  private final Peers peers;
  private final Set<InetAddress> addresses;
  private final byte[] group;
  private final @Nullable AuthenticationHeader header;
  private final @Nullable Trailer trailer;

  private @Nullable InetAddress self;
  private int identification;
  private long sequence;
  private long mixedForms;

  /**
   * For one router.
   *
   * @param config what its packets are like
   * @throws IllegalStateException if this JVM has not the algorithm that is configured
   */
  public Wire(WireConfig config) {
    this.config = config;
    this.peers = new Peers(config.peers().size());
    this.addresses = new HashSet<>(config.addresses());
    this.group = config.isV6() ? GROUP_V6 : GROUP_V4;
    this.header =
        config.authentication().type() == Authentication.Type.HEADER
            ? new AuthenticationHeader(config.authentication(), isUnicast())
            : null;
    this.trailer =
        config.hmac() == null
            ? null
            : new Trailer(config.hmac(), config.vrid(), config.intervalNanos());
  }

  /**
   * Makes an advertisement. The sequence number of an authentication header is over all that were
   * sent and heard, and at least the seconds of the clock, so that a router that has started again
   * is heard at once.
   *
   * @param priority 0..255
   * @param source that it is sent from; what comes from there is this router's own
   * @param destination the multicast group, or a peer
   * @param now for what must not be sent again by others
   * @return one packet; of a router that speaks both versions two, to be sent in this order. Of
   *     IPv4 with the IP header, of IPv6 without
   */
  public List<byte[]> encode(
      int priority, InetAddress source, InetAddress destination, Instant now) {
    if (priority < 0 || priority > WireConfig.MAX_OCTET) {
      throw new IllegalArgumentException(
          "priority: " + priority + " (expected: 0.." + WireConfig.MAX_OCTET + ")");
    }
    self = source;
    byte[] first = encode(config.version(), priority, source, destination, now);
    return config.alsoV2()
        ? List.of(first, encode(Version.V2, priority, source, destination, now))
        : List.of(first);
  }

  private byte[] encode(
      Version version, int priority, InetAddress source, InetAddress destination, Instant now) {
    List<InetAddress> told = config.addresses().isEmpty() ? List.of(source) : config.addresses();
    int start = start(header != null);
    int length = Message.length(version.number(), config.isV6(), told.size());
    boolean hasTrailer = config.hmac() != null && config.hmac().mode() != Mode.RECEIVE_ONLY;
    byte[] packet = new byte[start + length + (hasTrailer ? Trailer.BYTES : 0)];
    Message message = new Message(packet, start);
    message.write(
        new Advertisement(version, config.vrid(), priority, config.intervalNanos(), told),
        config.authentication());
    if (trailer != null && hasTrailer) {
      trailer.write(packet, start, source, now);
    }
    message.writeChecksum(Checksum.of(sum(message, formFor(destination), source, destination)));
    if (!config.isV6()) {
      identification = identification % MAX_IDENTIFICATION + 1;
      byte protocol = header == null ? Ipv4Header.VRRP : Ipv4Header.AH;
      Ipv4Header.write(packet, protocol, identification, source, destination);
    }
    if (header != null) {
      sequence = Math.max(sequence + 1, now.getEpochSecond());
      header.write(packet, source.getAddress(), sequence);
    }
    return packet;
  }

  /**
   * Reads what was received. What is rejected changes nothing.
   *
   * @param packet whole
   * @param nowNanos when, by the clock of timers
   * @param now when, by the clock of the wall
   * @return what it is
   */
  public Received decode(Packet packet, long nowNanos, Instant now) {
    byte[] bytes = packet.bytes();
    String problem = config.isV6() ? null : Ipv4Header.lengthProblem(bytes);
    if (problem != null) {
      return new Rejected(Rejection.LENGTH, problem);
    }
    boolean hasHeader = !config.isV6() && bytes[Ipv4Header.PROTOCOL] == Ipv4Header.AH;
    int start = start(hasHeader);
    if (bytes.length < start + Message.ADDRESSES) {
      return rejected(
          Rejection.LENGTH, "packet", bytes.length, start + Message.ADDRESSES + " or more");
    }
    Peer peer = peers.get(packet.source());
    Message message = new Message(bytes, start);
    Rejected rejected = foreign(packet, message, peer, nowNanos);
    if (rejected == null) {
      rejected = unproved(packet, message, hasHeader, start, peer, now);
    }
    if (rejected == null) {
      rejected = malformed(message);
    }
    if (rejected != null) {
      return rejected;
    }
    ChecksumForm form = formOf(message, packet.source(), packet.destination());
    if (form == null || (!config.isV6() && Ipv4Header.isDamaged(bytes))) {
      return new Rejected(
          Rejection.CHECKSUM,
          "checksum: " + (form == null ? "VRRP's" : "IP's") + " (expected: that of the packet)");
    }
    rejected = misdirected(packet);
    if (rejected != null) {
      return rejected;
    }
    remember(packet, message, peer, form, nowNanos);
    return accepted(message);
  }

  /**
   * How often one was heard by multicast while those that are remembered have checksums of
   * different forms, so that what is sent is of the configured one.
   *
   * @return 0 or more
   */
  public long mixedForms() {
    return mixedForms;
  }

  private @Nullable Rejected foreign(Packet packet, Message message, Peer peer, long nowNanos) {
    int min = isUnicast() ? config.minHopLimit() : WireConfig.MAX_OCTET;
    if (packet.hopLimit() < min) {
      return rejected(
          Rejection.TTL, "ttl", packet.hopLimit(), isUnicast() ? min + " or more" : "" + min);
    }
    int version = message.version();
    boolean isV2 = version == Version.V2.number();
    if (version != config.version().number() && !(config.alsoV2() && isV2)) {
      return rejected(Rejection.VERSION, "version", version, config.version().number());
    }
    if (config.alsoV2() && isV2 && peer.speaksV3 && peer.v3UntilNanos - nowNanos > 0) {
      return rejected(Rejection.VERSION, "version", version, "3, which it speaks, too");
    }
    return message.vrid() == config.vrid()
        ? null
        : rejected(Rejection.VRID, "vrid", message.vrid(), config.vrid());
  }

  private @Nullable Rejected unproved(
      Packet packet, Message message, boolean hasHeader, int start, Peer peer, Instant now) {
    boolean isV2 = message.version() == Version.V2.number();
    int expected = config.authentication().type().number();
    if (isV2 && message.authenticationType() != expected) {
      return rejected(
          Rejection.AUTHENTICATION_TYPE,
          "authentication type",
          message.authenticationType(),
          expected);
    }
    if (hasHeader != (header != null)) {
      return rejected(
          Rejection.AUTHENTICATION_TYPE,
          "protocol",
          packet.bytes()[Ipv4Header.PROTOCOL],
          hasHeader ? Ipv4Header.VRRP : Ipv4Header.AH);
    }
    if (header != null) {
      return header.check(packet.bytes(), packet.source().getAddress(), peer.sequence);
    }
    if (config.authentication().type() == Authentication.Type.PASSWORD
        && !MessageDigest.isEqual(message.password(), config.authentication().padded())) {
      return new Rejected(Rejection.AUTHENTICATION, "password: another (expected: this router's)");
    }
    if (trailer == null || config.hmac() == null) {
      return null;
    }
    if (hasTrailer(message)) {
      return trailer.check(packet.bytes(), start, packet.source(), peer.stamp, now);
    }
    return config.hmac().mode() == Mode.ENFORCE
        ? new Rejected(Rejection.AUTHENTICATION_TYPE, "trailer: none (expected: one)")
        : null;
  }

  private @Nullable Rejected malformed(Message message) {
    boolean isV2 = message.version() == Version.V2.number();
    long interval = message.intervalNanos();
    if (isV2 && interval != config.intervalNanos()) {
      return rejected(
          Rejection.INTERVAL,
          "interval in s",
          interval / WireConfig.SECOND_NANOS,
          config.intervalNanos() / WireConfig.SECOND_NANOS);
    }
    if (message.type() != Message.ADVERTISEMENT) {
      return rejected(Rejection.TYPE, "type", message.type(), Message.ADVERTISEMENT);
    }
    if (interval == 0) {
      return rejected(Rejection.INTERVAL, "interval in 1/100 s", 0, "1 or more");
    }
    if (message.count() == 0 && !addresses.isEmpty()) {
      return rejected(Rejection.ADDRESS_COUNT, "count", 0, "1 or more");
    }
    int length = length(message);
    if (length > message.length()) {
      return rejected(
          Rejection.ADDRESS_COUNT,
          "count",
          message.count(),
          "what " + message.length() + " bytes have room for");
    }
    return length == message.length() || hasTrailer(message)
        ? null
        : rejected(Rejection.LENGTH, "message", message.length(), length);
  }

  private @Nullable Rejected misdirected(Packet packet) {
    boolean isToGroup = Arrays.equals(packet.destination().getAddress(), group);
    if (isUnicast() ? packet.destination().isMulticastAddress() : !isToGroup) {
      return rejected(
          Rejection.DESTINATION,
          "destination",
          packet.destination().getHostAddress(),
          isUnicast() ? "this host" : "the multicast group");
    }
    if (isUnicast() && !config.peers().contains(packet.source())) {
      return rejected(Rejection.SOURCE, "source", packet.source().getHostAddress(), "a peer");
    }
    return packet.source().equals(self)
        ? rejected(Rejection.OWN, "source", packet.source().getHostAddress(), "another host")
        : null;
  }

  private void remember(
      Packet packet, Message message, Peer peer, ChecksumForm form, long nowNanos) {
    if (header != null) {
      long heard = AuthenticationHeader.sequence(packet.bytes());
      peer.sequence = heard;
      sequence = Math.max(sequence, heard);
    }
    if (hasTrailer(message)) {
      peer.stamp = Trailer.stamp(packet.bytes());
    }
    boolean isV3 = message.version() == Version.V3.number();
    if (isV3) {
      peer.form = form;
      peer.speaksV3 = true;
      peer.v3UntilNanos = nowNanos + V3_INTERVALS * message.intervalNanos();
    }
    peers.remember(packet.source(), peer);
    if (isV3 && !isUnicast() && peers.forms().size() > 1) {
      mixedForms++;
    }
  }

  private Accepted accepted(Message message) {
    Advertisement advertisement =
        new Advertisement(
            message.version() == Version.V2.number() ? Version.V2 : Version.V3,
            message.vrid(),
            message.priority(),
            message.intervalNanos(),
            message.addresses(config.isV6()));
    return new Accepted(
        advertisement,
        addresses.isEmpty() || addresses.equals(new HashSet<>(advertisement.addresses())),
        advertisement.intervalNanos() == config.intervalNanos());
  }

  /** The form of the checksum that a message has; null: of none. */
  private @Nullable ChecksumForm formOf(
      Message message, InetAddress source, InetAddress destination) {
    if (Checksum.of(sum(message, config.checksum(), source, destination)) == 0) {
      return config.checksum();
    }
    for (ChecksumForm form : ChecksumForm.values()) {
      if (Checksum.of(sum(message, form, source, destination)) == 0) {
        return form;
      }
    }
    return null;
  }

  private ChecksumForm formFor(InetAddress destination) {
    if (isUnicast()) {
      ChecksumForm form = peers.get(destination).form;
      return form == null ? config.checksum() : form;
    }
    Set<ChecksumForm> forms = peers.forms();
    return forms.size() == 1 ? forms.iterator().next() : config.checksum();
  }

  /** Of IPv6 the trailer is a part of it (RFC 9568, 5.2.8), of IPv4 it is not. */
  private long sum(
      Message message, ChecksumForm form, InetAddress source, InetAddress destination) {
    if (config.isV6()) {
      int length = message.length();
      return message.sum(length)
          + Checksum.pseudo(source.getAddress(), destination.getAddress(), length);
    }
    int length = length(message);
    long sum = message.sum(length);
    if (message.version() == Version.V2.number() || form == ChecksumForm.PLAIN) {
      return sum;
    }
    byte[] to = form == ChecksumForm.PSEUDO_HEADER ? destination.getAddress() : group;
    return sum + Checksum.pseudo(source.getAddress(), to, length);
  }

  private int length(Message message) {
    return Message.length(message.version(), config.isV6(), message.count());
  }

  private boolean hasTrailer(Message message) {
    return trailer != null && message.length() == length(message) + Trailer.BYTES;
  }

  private int start(boolean hasHeader) {
    if (config.isV6()) {
      return 0;
    }
    return Ipv4Header.BYTES + (hasHeader ? AuthenticationHeader.BYTES : 0);
  }

  private boolean isUnicast() {
    return !config.peers().isEmpty();
  }

  private static Rejected rejected(
      Rejection rejection, String name, Object value, Object expected) {
    return new Rejected(rejection, name + ": " + value + " (expected: " + expected + ")");
  }
}

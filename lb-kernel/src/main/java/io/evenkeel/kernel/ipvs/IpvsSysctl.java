package io.evenkeel.kernel.ipvs;

import java.util.List;
import java.util.Locale;

/**
 * A setting of IPVS in a network namespace: a number in {@code /proc/sys/net/ipv4/vs}
 * (Documentation/networking/ipvs-sysctl.rst). Which there are depends on the kernel; {@code
 * est_cpulist} is none, for it is a text.
 */
public enum IpvsSysctl {
  /** Rate by which packets are dropped in mode 1 of {@link #DROP_PACKET}: one in so many. */
  AM_DROPRATE("am_droprate", "one packet in", 0, Integer.MAX_VALUE),
  /** Free memory, in pages, below which the defences of mode 1 and 2 set in. */
  AMEMTHRESH("amemthresh", "pages", 0, Integer.MAX_VALUE),
  /** Whether a director that is a backup passes packets that a master's real servers would get. */
  BACKUP_ONLY("backup_only", "0 or 1", 0, 1),
  /** Whether packets of a mark's service without servers go where they would have gone anyway. */
  CACHE_BYPASS("cache_bypass", "0 or 1", 0, 1),
  /** Bits: 1: a SYN on a closed connection's ports is scheduled anew; 2: in FIN_WAIT, too. */
  CONN_REUSE_MODE("conn_reuse_mode", "bits", 0, Integer.MAX_VALUE),
  /**
   * How full the table of connections is before it grows: a power of two, so many connections in a
   * row of it. Kernels whose tables grow; newer than Linux 6.1.
   */
  CONN_LFACTOR("conn_lfactor", "power of two", -8, 8),
  /** Whether netfilter tracks the connections, for iptables to know them. */
  CONNTRACK("conntrack", "0 or 1", 0, 1),
  /**
   * What is logged; only of kernels built with CONFIG_IP_VS_DEBUG. One for all network namespaces,
   * set in the initial one.
   */
  DEBUG_LEVEL("debug_level", "level", 0, Integer.MAX_VALUE),
  /** Whether random connections are dropped: 0 never, 1 and 2 with little memory, 3 always. */
  DROP_ENTRY("drop_entry", "mode", 0, 3),
  /** Whether one packet in {@link #AM_DROPRATE} is dropped: modes as {@link #DROP_ENTRY}'s. */
  DROP_PACKET("drop_packet", "mode", 0, 3),
  /** Niceness of the threads that estimate rates. Since Linux 6.2. */
  EST_NICE("est_nice", "niceness", -20, 19),
  /** Whether a connection whose server was removed ends at its next packet. */
  EXPIRE_NODEST_CONN("expire_nodest_conn", "0 or 1", 0, 1),
  /** Whether a template whose server has weight 0 is not followed any more. */
  EXPIRE_QUIESCENT_TEMPLATE("expire_quiescent_template", "0 or 1", 0, 1),
  /** Whether tunnelled packets are passed by, where a tunnel's device is to have them. */
  IGNORE_TUNNELED("ignore_tunneled", "0 or 1", 0, 1),
  /** How long the scheduler lblc keeps a client's server without use, in seconds. */
  LBLC_EXPIRATION("lblc_expiration", "seconds", 0, 2_147_483),
  /** How long the scheduler lblcr keeps a client's servers without use, in seconds. */
  LBLCR_EXPIRATION("lblcr_expiration", "seconds", 0, 2_147_483),
  /** Whether clients are told by ICMP that a server of NAT cannot be reached. */
  NAT_ICMP_SEND("nat_icmp_send", "0 or 1", 0, 1),
  /** Whether clients are told by ICMP that a packet is too large for the way to a server. */
  PMTU_DISC("pmtu_disc", "0 or 1", 0, 1),
  /** Whether rates are estimated. */
  RUN_ESTIMATION("run_estimation", "0 or 1", 0, 1),
  /** Whether ICMP errors that no connection is known for are scheduled as what they are about. */
  SCHEDULE_ICMP("schedule_icmp", "0 or 1", 0, 1),
  /** Whether the stricter table of TCP states is used: modes as {@link #DROP_ENTRY}'s. */
  SECURE_TCP("secure_tcp", "mode", 0, 3),
  /** Whether SCTP connections may begin with any packet. */
  SLOPPY_SCTP("sloppy_sctp", "0 or 1", 0, 1),
  /** Whether TCP connections may begin with any packet. */
  SLOPPY_TCP("sloppy_tcp", "0 or 1", 0, 1),
  /** Whether answers of NAT are routed again, by the address they then come from. */
  SNAT_REROUTE("snat_reroute", "0 or 1", 0, 1),
  /** As {@link #CONN_LFACTOR}, of the table of services. */
  SVC_LFACTOR("svc_lfactor", "power of two", -8, 8),
  /** 1: of a persistent service only templates are told to the backup; 0: connections, too. */
  SYNC_PERSIST_MODE("sync_persist_mode", "0 or 1", 0, 1),
  /** How many threads a daemon has, each with a UDP port of its own; a power of two. */
  SYNC_PORTS("sync_ports", "threads", 1, 64),
  /** How many messages a master keeps that could not be sent yet. */
  SYNC_QLEN_MAX("sync_qlen_max", "messages", 0, Integer.MAX_VALUE),
  /** After how many seconds a connection that has not changed is told again; 0: never. */
  SYNC_REFRESH_PERIOD("sync_refresh_period", "seconds", 0, 2_147_483),
  /** How often a change is told again, spread over an eighth of the refresh period. */
  SYNC_RETRIES("sync_retries", "times", 0, 3),
  /** Buffer of a daemon's socket, in bytes; 0: as the kernel does. */
  SYNC_SOCK_SIZE("sync_sock_size", "bytes", 0, Integer.MAX_VALUE),
  /** At which packet a connection is told of; the first number of {@code sync_threshold}. */
  SYNC_THRESHOLD("sync_threshold", "packets", 0, Integer.MAX_VALUE, 0),
  /** After how many packets again; 0: never; the second number of {@code sync_threshold}. */
  SYNC_PERIOD("sync_threshold", "packets", 0, Integer.MAX_VALUE, 1),
  /** Version of the sync protocol that is sent. */
  SYNC_VERSION("sync_version", "version", 0, 1);

  private static final int ALONE = -1;

  private final String file;
  private final String unit;
  private final long min;
  private final long max;
  private final int index;

  IpvsSysctl(String file, String unit, long min, long max) {
    this(file, unit, min, max, -1);
  }

  IpvsSysctl(String file, String unit, long min, long max, int index) {
    this.file = file;
    this.unit = unit;
    this.min = min;
    this.max = max;
    this.index = index;
  }

  /**
   * Its name in {@code /proc/sys/net/ipv4/vs}.
   *
   * @return name of a file
   */
  public String file() {
    return file;
  }

  /**
   * What it counts.
   *
   * @return a word or two
   */
  public String unit() {
    return unit;
  }

  /**
   * The least value.
   *
   * @return in its unit
   */
  public long min() {
    return min;
  }

  /**
   * The greatest value.
   *
   * @return in its unit
   */
  public long max() {
    return max;
  }

  /**
   * Reads what its file says.
   *
   * @throws IllegalArgumentException if that is not as many numbers as should be there
   */
  long parse(String text) {
    return Long.parseLong(numbers(text).get(Math.max(index, 0)));
  }

  /**
   * What to write.
   *
   * @param current what the file says now
   * @throws IllegalArgumentException if the value is out of range
   */
  String format(long value, String current) {
    Ranges.check(name().toLowerCase(Locale.ROOT), value, min, max);
    if (index == ALONE) {
      return Long.toString(value);
    }
    String other = numbers(current).get(1 - index);
    return index == 0 ? value + " " + other : other + " " + value;
  }

  private List<String> numbers(String text) {
    List<String> numbers = List.of(text.strip().split("\\s+"));
    int expected = index == ALONE ? 1 : 2;
    if (numbers.size() != expected) {
      throw new IllegalArgumentException(
          "sysctl " + file + ": " + text.strip() + " (expected: " + expected + " numbers)");
    }
    return numbers;
  }
}

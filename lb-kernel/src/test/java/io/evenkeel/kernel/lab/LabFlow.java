package io.evenkeel.kernel.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.ipvs.IpvsStats;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/** What is sent through a lab. */
record LabFlow(AddressFamily family, IpvsProtocol protocol) {

  /** The method that has all of them, for {@code MethodSource}. */
  static final String ALL = "io.evenkeel.kernel.lab.LabFlow#all";

  static Stream<LabFlow> all() {
    return Stream.of(AddressFamily.values())
        .flatMap(
            family ->
                Stream.of(IpvsProtocol.TCP, IpvsProtocol.UDP)
                    .map(protocol -> new LabFlow(family, protocol)));
  }

  /** The one of two addresses that is of this family. */
  InetAddress address(String ipv4, String ipv6) throws IOException {
    return InetAddress.getByName(family == AddressFamily.IPV4 ? ipv4 : ipv6);
  }

  /** The command that sets netfilter's rules. */
  String iptables() {
    return family == AddressFamily.IPV4 ? "iptables-legacy" : "ip6tables-legacy";
  }

  /**
   * Fails unless the kernel has counted the questions, and the answers if they pass it: every
   * datagram; of a TCP connection at least SYN, ACK, question and FIN, and SYN, answer and FIN.
   */
  void assertCounted(IpvsStats stats, List<LabAnswer> answers, boolean answersPass) {
    long headers =
        (family == AddressFamily.IPV4 ? 20L : 40L) + (protocol == IpvsProtocol.UDP ? 8 : 20);
    long times = answers.size();
    long answerBytes = answers.stream().mapToInt(answer -> answer.bytes().length).sum();
    assertEquals(times, stats.connections(), "connections");
    if (protocol == IpvsProtocol.UDP) {
      assertEquals(times, stats.inPackets(), "in packets");
      assertEquals(times * (headers + LabServer.QUESTION.length()), stats.inBytes(), "in bytes");
    } else {
      assertAtLeast(times * 4, stats.inPackets(), "in packets");
      assertAtLeast(
          times * (4 * headers + LabServer.QUESTION.length()), stats.inBytes(), "in bytes");
    }
    if (!answersPass) {
      assertEquals(0, stats.outPackets(), "out packets");
      assertEquals(0, stats.outBytes(), "out bytes");
    } else if (protocol == IpvsProtocol.UDP) {
      assertEquals(times, stats.outPackets(), "out packets");
      assertEquals(times * headers + answerBytes, stats.outBytes(), "out bytes");
    } else {
      assertAtLeast(times * 3, stats.outPackets(), "out packets");
      assertAtLeast(times * 3 * headers + answerBytes, stats.outBytes(), "out bytes");
    }
  }

  private static void assertAtLeast(long least, long value, String name) {
    assertTrue(value >= least, () -> name + ": " + value + " (expected: " + least + " or more)");
  }

  @Override
  public String toString() {
    return protocol + " over " + family;
  }
}

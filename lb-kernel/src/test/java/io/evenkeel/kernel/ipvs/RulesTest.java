package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.evenkeel.kernel.sys.AddressText;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read and written as {@code ipvsadm} 1.31 was seen to do. */
class RulesTest {
  private static final Map<String, String> HOSTS =
      Map.of("vip.example.org", "10.0.0.1", "six", "fc00::2", "both", "10.0.0.5");
  private static final Map<String, String> HOSTS_IPV6 = Map.of("six", "fc00::2", "both", "fc00::5");
  private static final Map<String, Integer> SERVICES =
      Map.of("http/tcp", 80, "http-alt/tcp", 8080, "domain/udp", 53);

  private static final RuleNames NAMES =
      new RuleNames() {
        @Override
        public @Nullable String host(InetAddress address) {
          return Stream.of(HOSTS, HOSTS_IPV6)
              .flatMap(hosts -> hosts.entrySet().stream())
              .filter(entry -> AddressText.parse(entry.getValue()).equals(address))
              .map(Map.Entry::getKey)
              .findFirst()
              .orElse(null);
        }

        @Override
        public @Nullable String service(int port, IpvsProtocol protocol) {
          return SERVICES.entrySet().stream()
              .filter(entry -> entry.getValue() == port && entry.getKey().endsWith("/" + protocol))
              .map(entry -> entry.getKey().substring(0, entry.getKey().indexOf('/')))
              .findFirst()
              .orElse(null);
        }

        @Override
        public @Nullable InetAddress address(String host, @Nullable AddressFamily family) {
          String text = (family == AddressFamily.IPV6 ? HOSTS_IPV6 : HOSTS).get(host);
          return text == null ? null : AddressText.parse(text);
        }

        @Override
        public @Nullable Integer port(String service, IpvsProtocol protocol) {
          return SERVICES.get(service + "/" + protocol);
        }
      };

  /** Each rule in another spelling, and as it is saved. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "same",
      textBlock =
          """
          -A -t 10.0.0.1:80 -s rr | same
          --add-service --tcp-service 10.0.0.1:80 --scheduler rr | -A -t 10.0.0.1:80 -s rr
          --add-service --tcp-service=10.0.0.1:80 --scheduler=rr | -A -t 10.0.0.1:80 -s rr
          -A -t10.0.0.1:80 -srr | -A -t 10.0.0.1:80 -s rr
          -At=10.0.0.1:80 -s=rr | -A -t 10.0.0.1:80 -s rr
          ipvsadm -A -s rr -t 10.0.0.1:80 | -A -t 10.0.0.1:80 -s rr
          -A -t 10.0.0.1:80 | -A -t 10.0.0.1:80 -s wlc
          -A -t 10.0.0.1:080 -s wlc | -A -t 10.0.0.1:80 -s wlc
          -A -t vip.example.org:http -s wlc | -A -t 10.0.0.1:80 -s wlc
          -A -t [six]:http -s wlc | -A -t [fc00::2]:80 -s wlc
          -A -t six:http -s wlc | -A -t [fc00::2]:80 -s wlc
          -A -t both:http -s wlc | -A -t 10.0.0.5:80 -s wlc
          -A -t [both]:http -s wlc | -A -t [fc00::5]:80 -s wlc
          -A -u 10.0.0.1:domain -s wlc -o | -A -u 10.0.0.1:53 -s wlc -o
          -A -u 10.0.0.1:53 --ops | -A -u 10.0.0.1:53 -s wlc -o
          -A --sctp-service 10.0.0.1:80 -s wlc | same
          -A --udp-service [fc00:0:0:0::1]:80 -s wlc | -A -u [fc00::1]:80 -s wlc
          -A -t 10.0.0.1:80 -p | -A -t 10.0.0.1:80 -s wlc -p 360
          -A -p -t 10.0.0.1:80 -s rr | -A -t 10.0.0.1:80 -s rr -p 360
          -A -t 10.0.0.1 -p60 | -A -t 10.0.0.1:0 -s wlc -p 60
          -A -t fc00::1 --persistent=60 -M 64 | -A -t [fc00::1]:0 -s wlc -p 60 -M 64
          -A -M 64 -p 60 -t [fc00::1]:0 | -A -t [fc00::1]:0 -s wlc -p 60 -M 64
          -A -t [fc00::1]:80 -s wlc -p 60 -M 128 | -A -t [fc00::1]:80 -s wlc -p 60
          -A -t 10.0.0.1:80 -s wlc -p 60 -M 0.0.0.0 | same
          -A -t 10.0.0.1:80 -s wlc -p 60 -M 255.0.255.0 | same
          -A -t 10.0.0.1:80 -s wlc -p 60 -M 0.0.0.24 | same
          -A -t 10.0.0.1:80 -s wlc -p 60 --netmask 255.255.254.0 | -A -t 10.0.0.1:80 -s wlc -p 60 -M 255.255.254.0
          -A -t 10.0.0.1:80 -s wlc -p 60 -M 255.255.255.255 | -A -t 10.0.0.1:80 -s wlc -p 60
          -A -u 10.0.0.1:5060 -s wlc -p 300 -M 255.255.255.0 --pe sip -o -b flag-1 | same
          -A -f 1 -s wlc | same
          -A -f 4294967295 -s wlc | same
          -A -f -1 -s wlc | -A -f 4294967295 -s wlc
          -A -f -2147483648 -s wlc | -A -f 2147483648 -s wlc
          -A -f 010 -s wlc | -A -f 10 -s wlc
          -A -f 1 -6 -s wlc -p 360 -M 64 | same
          --add-service --ipv6 --fwmark-service 1 | -A -f 1 -6 -s wlc
          -A -t 10.0.0.1:80 -s sh -b sh-port,sh-fallback | -A -t 10.0.0.1:80 -s sh -b sh-fallback,sh-port
          -A -t 10.0.0.1:80 -s sh -b flag-1,flag-2,flag-3 | -A -t 10.0.0.1:80 -s sh -b sh-fallback,sh-port,flag-3
          -A -b mh-port, -t 10.0.0.1:80 -s mh | -A -t 10.0.0.1:80 -s mh -b mh-port
          -A -t 10.0.0.1:80 -s rr --sched-flags flag-1,flag-3 | -A -t 10.0.0.1:80 -s rr -b flag-1,flag-3
          -E -t 10.0.0.1:80 -s twos | same
          --edit-service -t 10.0.0.1:80 | -E -t 10.0.0.1:80 -s wlc
          -D -t 10.0.0.1:80 | same
          --delete-service -f 7 -6 | -D -f 7 -6
          -C | same
          --clear | -C
          -Z | same
          --zero -u 10.0.0.1:53 | -Z -u 10.0.0.1:53
          -a -t 10.0.0.1:80 -r 10.0.0.2 | -a -t 10.0.0.1:80 -r 10.0.0.2:80 -g -w 1
          --add-server -t 10.0.0.1:80 --real-server 10.0.0.2:80 --gatewaying --weight 0 | -a -t 10.0.0.1:80 -r 10.0.0.2:80 -g -w 0
          -a -t vip.example.org:http -r 10.0.0.2:http-alt --masquerading | -a -t 10.0.0.1:80 -r 10.0.0.2:8080 -m -w 1
          -a -t 10.0.0.1:80 -r 10.0.0.2:0 -m -w 2147483647 | same
          -a -t 10.0.0.1:80 -r 10.0.0.2:80 -g -w 1 -x 10 -y 5 | same
          -a -t 10.0.0.1:80 -r 10.0.0.2 --u-threshold 10 --l-threshold 10 | -a -t 10.0.0.1:80 -r 10.0.0.2:80 -g -w 1 -x 10 -y 10
          -a -f 5 -r 10.0.0.2 | -a -f 5 -r 10.0.0.2:0 -g -w 1
          -a -f 5 -r 10.0.0.2:80 -g -w 1 | same
          -a -f 5 -6 -r [fc00::2]:0 -m -w 1 | same
          -a -t [fc00::1]:80 -r fc00::2 | -a -t [fc00::1]:80 -r [fc00::2]:80 -g -w 1
          -a -t [fc00::1]:80 -r [fc00::2] -m | -a -t [fc00::1]:80 -r [fc00::2]:80 -m -w 1
          -a -t 10.0.0.1:80 -r fc00::2 -i | -a -t 10.0.0.1:80 -r [fc00::2]:80 -i -w 1 --tun-type ipip
          -a -t [fc00::1]:80 -r 10.0.0.2 --ipip --tun-type gre | -a -t [fc00::1]:80 -r 10.0.0.2:80 -i -w 1 --tun-type gre --tun-nocsum
          -a -t 10.0.0.1:80 -r 10.0.0.2:80 -i -w 1 --tun-type gre --tun-csum | same
          -a -t 10.0.0.1:80 -r 10.0.0.2:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum | same
          -a -t 10.0.0.1:80 -r 10.0.0.2:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum | same
          -a -t 10.0.0.1:80 -r 10.0.0.2:80 -i -w 1 -x 4294967295 --tun-type gue --tun-port 65535 --tun-remcsum | same
          -e -t 10.0.0.1:80 -r 10.0.0.2:80 -g -w 7 | same
          --edit-server -t 10.0.0.1:80 -r 10.0.0.2 -w 7 | -e -t 10.0.0.1:80 -r 10.0.0.2:80 -g -w 7
          -d -t 10.0.0.1:80 -r 10.0.0.2:81 | same
          --delete-server -t 10.0.0.1:80 -r 10.0.0.2 | -d -t 10.0.0.1:80 -r 10.0.0.2:80
          """)
  void read_everySpelling_isWrittenAsSaved(String line, @Nullable String saved) {
    assertEquals(saved == null ? line : saved, write(Rules.read(line, NAMES), RuleNames.NUMERIC));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -A -t 10.0.0.1:80 -s rr | -A -t vip.example.org:http -s rr
          -A -u 10.0.0.1:80 -s rr | -A -u vip.example.org:80 -s rr
          -A -t 10.0.0.5:80 -s rr | -A -t both:http -s rr
          -A -t [fc00::5]:80 -s rr | -A -t [both]:http -s rr
          -a -f 2 -6 -r [fc00::5]:0 -m -w 1 | -a -f 2 -6 -r [both]:0 -m -w 1
          -A -t 10.0.0.1:0 -s rr -p 5 | -A -t vip.example.org:0 -s rr -p 5
          -a -t 10.0.0.9:8080 -r [fc00::2]:8080 -i -w 1 --tun-type ipip | -a -t 10.0.0.9:http-alt -r [six]:http-alt -i -w 1 --tun-type ipip
          -a -f 2 -r 10.0.0.1:80 -g -w 1 | -a -f 2 -r vip.example.org:80 -g -w 1
          """)
  void write_withNames_isReadBackEqual(String numeric, String named) {
    List<Rules.Rule> rules = Rules.read(numeric, RuleNames.NUMERIC);

    assertEquals(named, write(rules, NAMES));
    assertEquals(rules, Rules.read(named, NAMES));
  }

  @Test
  void read_commentsAndBlankLines_areNothing() {
    List<Rules.Rule> rules =
        Rules.read(
            "# all\n\n  \t\n  # -A\n-A -t 10.0.0.1:80 # web\r\n  ipvsadm\t-A\t-f 1  \n#",
            RuleNames.NUMERIC);

    assertEquals(List.of(5, 6), rules.stream().map(Rules.Rule::line).toList());
    assertEquals("-A -t 10.0.0.1:80 -s wlc\n-A -f 1 -s wlc", write(rules, RuleNames.NUMERIC));
    assertEquals(List.of(), Rules.read("", RuleNames.NUMERIC));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -a -t 10.0.0.1:80 -r 10.0.0.2 -w 2147483648 | -w: 2147483648 (expected: 0..2147483647)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -w -1 | -w: -1 (expected: 0..2147483647)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -w much | -w: much (expected: 0..2147483647)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -w 99999999999999999999 | -w: 99999999999999999999 (expected: 0..2147483647)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -x 4294967296 | -x: 4294967296 (expected: 0..4294967295)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -x 5 -y 10 | lower threshold: 10 (expected: 0..5)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -w | -w: nothing (expected: a value)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -w 1 -w 2 | -w: twice (expected: once)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -g -m | -g and -m (expected: one of them)
          -a -t 10.0.0.1:80 -r 10.0.0.2:81 | -r: 10.0.0.2:81 (expected: port 80, or -m)
          -a -t 10.0.0.1:80 -r 10.0.0.2:81 -i | -r: 10.0.0.2:81 (expected: port 80, or -m)
          -a -t 10.0.0.1:80 -r fc00::2 -m | -r: fc00::2 (expected: IPV4, or -i)
          -a -t 10.0.0.1:80 -r nosuch:80 | -r: nosuch:80 (expected: HOST:PORT, an IPv6 address in brackets)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -i --tun-type foo | --tun-type: foo (expected: ipip, gue or gre)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -i --tun-type gue | tunnel port: 0 (expected: 1..65535)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -i --tun-type gre --tun-port 5 | --tun-port with gre (expected: with gue)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -i --tun-type gue --tun-port 65536 | --tun-port: 65536 (expected: 0..65535)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -i --tun-csum | --tun-csum with ipip (expected: with gue or gre)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -i --tun-nocsum | --tun-nocsum with ipip (expected: with gue or gre)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -i --tun-type gre --tun-remcsum | --tun-remcsum with gre (expected: with gue)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -i --tun-csum --tun-nocsum | --tun-nocsum and --tun-csum (expected: one of them)
          -a -t 10.0.0.1:80 -r 10.0.0.2 --tun-type gre | --tun-type without -i (expected: with it)
          -a -t 10.0.0.1:80 -r 10.0.0.2 --tun-csum | --tun-csum without -i (expected: with it)
          -a -t 10.0.0.1:80 -r 10.0.0.2 --tun-csum=1 | --tun-csum: 1 (expected: no value)
          -a -t 10.0.0.1:80 | real server: none of tcp 10.0.0.1:80 (expected: -r)
          -a -r 10.0.0.1:80 | service: none (expected: -t, -u, --sctp-service or -f with a value)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -s rr | -s with -a (expected: without)
          -d -t 10.0.0.1:80 -r 10.0.0.2 -w 1 | -w with -d (expected: without)
          -D -t 10.0.0.1:80 -s rr | -s with -D (expected: without)
          -C -t 10.0.0.1:80 | -t with -C (expected: without)
          -A | service: none (expected: -t, -u, --sctp-service or -f with a value)
          -A -t 10.0.0.1:80 -u 10.0.0.1:80 | -t and -u (expected: one of them)
          -A -t 10.0.0.1:80 -6 | -6 with -t (expected: with -f)
          -A -t 10.0.0.1 | tcp 10.0.0.1:0 (expected: a port, or -p)
          -A -t 10.0.0.1:66000 | -t: 66000 (expected: 0..65535)
          -A -t 10.0.0.1: | -t: 10.0.0.1: (expected: a port, 0..65535, or a service of tcp)
          -A -u 10.0.0.1:http | -u: 10.0.0.1:http (expected: a port, 0..65535, or a service of udp)
          -A -t 10.0.0.256:80 | -t: 10.0.0.256:80 (expected: HOST:PORT, an IPv6 address in brackets)
          -A -t [fc00::1:80 | -t: [fc00::1:80 (expected: HOST:PORT, an IPv6 address in brackets)
          -A -t 010.0.0.1:80 | -t: 010.0.0.1:80 (expected: HOST:PORT, an IPv6 address in brackets)
          -A -t 10.0.0.08:80 | -t: 10.0.0.08:80 (expected: HOST:PORT, an IPv6 address in brackets)
          -A -t 10.0.2:80 | -t: 10.0.2:80 (expected: HOST:PORT, an IPv6 address in brackets)
          -A -t 10:80 | -t: 10:80 (expected: HOST:PORT, an IPv6 address in brackets)
          -A -t 167772161:80 | -t: 167772161:80 (expected: HOST:PORT, an IPv6 address in brackets)
          -A -t 0x0a000001:80 | -t: 0x0a000001:80 (expected: HOST:PORT, an IPv6 address in brackets)
          -A -t 10.0.0.256:80 | -t: 10.0.0.256:80 (expected: HOST:PORT, an IPv6 address in brackets)
          -A -t 10.0.0.1.:80 | -t: 10.0.0.1.:80 (expected: HOST:PORT, an IPv6 address in brackets)
          -A -t [10.0.0.1]:80 | -t: [10.0.0.1]:80 (expected: HOST:PORT, an IPv6 address in brackets)
          -A -t [vip.example.org]:80 | -t: [vip.example.org]:80 (expected: HOST:PORT, an IPv6 address in brackets)
          -A -t [fc00::1]80 | -t: [fc00::1]80 (expected: HOST:PORT, an IPv6 address in brackets)
          -A -t [::ffff:10.0.0.1]:80 | -t: [::ffff:10.0.0.1]:80 (expected: HOST:PORT, an IPv6 address in brackets)
          -A -f 0 | -f: 0 (expected: 1..4294967295)
          -A -f 4294967296 | -f: 4294967296 (expected: 1..4294967295)
          -A -f 0x10 | -f: 0x10 (expected: 1..4294967295)
          -A -t 10.0.0.1:80 -p 0 | -p: 0 (expected: 1..4294967)
          -A -t 10.0.0.1:80 -p x | -p: x (expected: 1..4294967)
          -A -t 10.0.0.1:80 -M 255.255.255.0 | -M without -p (expected: with it)
          -A -t 10.0.0.1:80 --pe sip | --pe without -p (expected: with it)
          -A -t 10.0.0.1:80 -p -M 24 | -M: 24 (expected: a netmask such as 255.255.255.0)
          -A -t [fc00::1]:80 -p -M 129 | -M: 129 (expected: 1..128)
          -A -t 10.0.0.1:80 -o | -o with tcp 10.0.0.1:80 (expected: with -u or -f)
          -A -t 10.0.0.1:80 -s rr -b sh-port | -b: sh-port with rr (expected: flag-1, flag-2 or flag-3, or with sh and mh SCHEDULER-fallback or SCHEDULER-port)
          -A -t 10.0.0.1:80 -s abcdefghijklmnop | scheduler: abcdefghijklmnop (expected: 1..15 characters)
          -A -E -t 10.0.0.1:80 | -E: a second command (expected: one in a line)
          -A -t 10.0.0.1:80 extra | extra: not an option (expected: -...)
          -A -t 10.0.0.1:80 - | -: not an option (expected: -...)
          -A -t 10.0.0.1:80 --sched rr | --sched: unknown (expected: an option of a rule)
          -A -t 10.0.0.1:80 -n | -n: unknown (expected: an option of a rule)
          -L | -L: unknown (expected: an option of a rule)
          -t 10.0.0.1:80 -A | -t (expected: one of -A -E -D -a -e -d -C -Z first)
          -gm | -gm (expected: one of -A -E -D -a -e -d -C -Z first)
          foo | foo: not an option (expected: -...)
          """)
  void read_notValid_saysWhatIsExpected(String line, String problem) {
    RulesException refused =
        assertThrows(RulesException.class, () -> Rules.read("\n" + line, NAMES));

    assertEquals(List.of("line 2: " + problem), refused.problems());
  }

  @Test
  void read_severalNotValid_saysEachAndReadsNone() {
    RulesException refused =
        assertThrows(
            RulesException.class,
            () -> Rules.read("-A -f 0\n-A -f 1\n# -A -f 2\nfoo", RuleNames.NUMERIC));

    assertEquals(
        "line 1: -f: 0 (expected: 1..4294967295)\nline 4: foo: not an option (expected: -...)",
        refused.getMessage());
  }

  @Test
  void write_bypass_isRefused() {
    IpvsDestination server =
        IpvsDestination.of(AddressText.parse("10.0.0.2"), 0, ForwardingMethod.BYPASS, 1);
    IpvsChange change = new IpvsChange.AddDestination(new IpvsMark(1, AddressFamily.IPV4), server);

    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Rules.write(change, RuleNames.NUMERIC));

    assertEquals(
        "10.0.0.2:0 BYPASS weight 1 (expected: another method than bypass, which no rule has)",
        refused.getMessage());
  }

  @Test
  void write_randomChanges_areReadBackEqual() {
    for (int seed = 0; seed < 300; seed++) {
      List<IpvsChange> changes = new RandomTable(seed).changes();
      StringBuilder text = new StringBuilder();
      changes.forEach(change -> text.append(Rules.write(change, RuleNames.NUMERIC)).append('\n'));

      List<Rules.Rule> read = Rules.read(text.toString(), RuleNames.NUMERIC);

      assertEquals(changes, read.stream().map(Rules.Rule::change).toList(), "seed " + seed);
    }
  }

  /** Rules with letters changed, doubled or gone. */
  @Test
  void read_damaged_isReadOrRefusedByLine() {
    String letters = "-AaCtufsrwxyp6:.[]#= 0129\tlocalhost,";
    int refused = 0;
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      List<IpvsChange> changes = new RandomTable(seed % 50).changes();
      StringBuilder line =
          new StringBuilder(
              Rules.write(changes.get(random.nextInt(changes.size())), RuleNames.NUMERIC));
      for (int i = random.nextInt(4); i >= 0; i--) {
        int at = random.nextInt(line.length());
        char letter = letters.charAt(random.nextInt(letters.length()));
        switch (random.nextInt(3)) {
          case 0 -> line.setCharAt(at, letter);
          case 1 -> line.insert(at, letter);
          default -> line.deleteCharAt(at);
        }
      }
      try {
        List<Rules.Rule> read = Rules.read(line.toString(), NAMES);
        String again = write(read, RuleNames.NUMERIC);
        assertEquals(again, write(Rules.read(again, NAMES), RuleNames.NUMERIC), line.toString());
      } catch (RulesException e) {
        refused++;
        assertTrue(e.getMessage().matches("line 1: .*\\(expected: .*\\)"), e.getMessage());
      } catch (RuntimeException e) {
        fail("seed " + seed + ": " + line, e);
      }
    }
    assertTrue(refused > 1000 && refused < 2900, "of 3000 damaged rules refused: " + refused);
  }

  @ParameterizedTest
  @CsvSource({
    "::, ::",
    "::1, ::1",
    "fc00:0:0:0:0:0:0:0, fc00::",
    "1:0:0:2:0:0:0:3, 1:0:0:2::3",
    "1:0:0:2:3:0:0:4, 1::2:3:0:0:4",
    "1:0:2:3:4:5:6:7, 1:0:2:3:4:5:6:7",
    "0:0:0:0:0:0:102:304, ::1.2.3.4",
    "FE80:0:0:0:0:0:0:ABCD, fe80::abcd",
    "0:0:0:0:0:1:2:3, ::1:2:3"
  })
  void addressText_ofIpv6_isTheShortOne(String address, String text) {
    assertEquals(text, AddressText.of(AddressText.parse(address)));
  }

  @Test
  void systemNames_servicesFile_firstNameAndAllAliasesCount() {
    SystemNames names =
        new SystemNames(
            List.of(
                "# services",
                "http\t80/tcp\twww\t# web",
                "other 80/tcp",
                "syslog 514/udp",
                "shell 514/tcp cmd syslog",
                "broken 99999999/tcp",
                ""));

    assertEquals("http", names.service(80, IpvsProtocol.TCP));
    assertEquals(null, names.service(80, IpvsProtocol.UDP));
    assertEquals(80, names.port("www", IpvsProtocol.TCP));
    assertEquals(514, names.port("syslog", IpvsProtocol.TCP));
    assertEquals(null, names.port("broken", IpvsProtocol.TCP));
  }

  @Test
  void systemNames_bracketsAndNone_askForAFamily() {
    SystemNames names = new SystemNames(List.of());

    assertEquals(AddressText.parse("127.0.0.1"), names.address("localhost", null));
    assertEquals(AddressText.parse("127.0.0.1"), names.address("localhost", AddressFamily.IPV4));
    assertEquals(null, names.address("127.0.0.1", AddressFamily.IPV6));
    assertEquals(AddressText.parse("::1"), names.address("::1", null));
  }

  @Test
  void systemNames_manyHosts_keepsThoseAskedForLast() {
    List<InetAddress> asked = new ArrayList<>();
    SystemNames names =
        new SystemNames(
            List.of(),
            address -> {
              asked.add(address);
              return Optional.of("host");
            });
    InetAddress first = AddressText.parse("10.1.0.0");
    InetAddress second = AddressText.parse("10.1.0.1");
    names.host(first);
    names.host(second);
    for (int i = 0; i < SystemNames.MAX_HOSTS - 1; i++) {
      names.host(AddressText.parse("10.2." + i / 256 + "." + i % 256));
      names.host(second);
    }
    assertEquals(SystemNames.MAX_HOSTS + 1, asked.size());

    names.host(second);
    assertEquals(SystemNames.MAX_HOSTS + 1, asked.size());
    names.host(first);
    assertEquals(SystemNames.MAX_HOSTS + 2, asked.size());
  }

  private static String write(List<Rules.Rule> rules, RuleNames names) {
    return String.join(
        "\n", rules.stream().map(rule -> Rules.write(rule.change(), names)).toList());
  }
}

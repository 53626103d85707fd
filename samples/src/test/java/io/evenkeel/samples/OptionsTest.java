package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the command line says about arguments that it does not take. Nothing is started. */
class OptionsTest {
  private static final String HINT = "Try: evenkeel proxy --help";

  /** What was printed, and how it ended. */
  private record Run(int status, String out, List<String> err) {}

  @ParameterizedTest
  @MethodSource
  void proxy_valueNotValid_saysWhatIsExpected(String arguments, String sentence) {
    List<String> all =
        new ArrayList<>(List.of("proxy", "--listen=127.0.0.1:8080", "--server=127.0.0.1:9001"));
    all.addAll(List.of(arguments.split(" ")));

    Run run = run(all.toArray(new String[0]));

    assertEquals(new Run(2, "", List.of(sentence)), run);
  }

  static Stream<Arguments> proxy_valueNotValid_saysWhatIsExpected() {
    String endpoint = " (expected: HOST:PORT, an IPv6 address in brackets)";
    String duration = " (expected: such as 500ms, 3s, 2m or 1h)";
    return Stream.of(
        arguments("--server=127.0.0.1:9002=-1", "weight: -1 (expected: 0..65535)"),
        arguments("--server=127.0.0.1:9002=65536", "weight: 65536 (expected: 0..65535)"),
        arguments("--server=127.0.0.1:9002=much", "weight: much (expected: 0..65535)"),
        arguments("--server=127.0.0.1:9002=", "weight:  (expected: 0..65535)"),
        arguments("--server=web", "endpoint: web" + endpoint),
        arguments("--server=2001:db8::1:80", "endpoint: 2001:db8::1:80" + endpoint),
        arguments("--server=127.0.0.1:70000", "port: 70000 (expected: 0..65535)"),
        arguments(
            "--server=127.0.0.1:0",
            "real server: 127.0.0.1:0 (expected: a port, 1..65535, as clients of tcp 127.0.0.1:8080 ask for one only)"),
        arguments("--sorry=127.0.0.1:0", "sorry server: 127.0.0.1:0 (expected: a port, 1..65535)"),
        arguments(
            "--server=we!b:80",
            "host: we!b (expected: an IPv4 address, an IPv6 address or a host name)"),
        arguments(
            "--server=127.0.0.1:9001=3",
            "real server: 127.0.0.1:9001 twice in tcp 127.0.0.1:8080 (expected: once)"),
        arguments("--sorry=:80", "endpoint: :80" + endpoint),
        arguments("--grace=3", "duration: 3" + duration),
        arguments("--grace=-3s", "duration: -3s" + duration),
        arguments("--idle-timeout=1d", "duration: 1d" + duration),
        arguments("--connect-timeout=0s", "duration: 0s (expected: 1ms..24h)"),
        arguments("--grace=25h", "duration: 25h (expected: 0s..24h)"),
        arguments("--check=ping", "check: ping (expected: tcp or http:PATH)"),
        arguments(
            "--check=http:health", "path: health (expected: /... in visible ASCII characters)"),
        arguments("--rise=2", "--rise: nothing is checked (expected: with --check)"),
        arguments("--check=tcp --rise=0", "rise: 0 (expected: 1..1000)"),
        arguments("--check=tcp --fall=1001", "fall: 1001 (expected: 1..1000)"),
        arguments("--threads=1025", "threads: 1025 (expected: 1..1024)"),
        arguments("--max-connections=0", "max-connections: 0 (expected: 1..2147483647)"),
        arguments("--when-full=fail", "when-full: fail (expected: one of close, wait)"),
        arguments(
            "--transport=kqueue",
            "transport: kqueue (expected: one of auto, epoll, io_uring, nio)"));
  }

  @ParameterizedTest
  @MethodSource
  void vrrp_valueNotValid_saysWhatIsExpected(String arguments, String sentence) {
    List<String> all =
        new ArrayList<>(List.of("vrrp", "--interface=eth0", "--vrid=51", "--vip=192.0.2.100/24"));
    all.addAll(List.of(arguments.split(" ")));

    Run run = run(all.toArray(new String[0]));

    assertEquals(new Run(2, "", List.of(sentence)), run);
  }

  static Stream<Arguments> vrrp_valueNotValid_saysWhatIsExpected() {
    return Stream.of(
        arguments("--priority=256", "priority: 256 (expected: 1..255)"),
        arguments("--priority=0", "priority: 0 (expected: 1..255)"),
        arguments("--vip=web", "virtual address: web (expected: an IPv4 or IPv6 address)"),
        arguments("--vip=192.0.2.1/33", "prefix: 33 (expected: 1..32)"),
        arguments("--vip=fe80::1", "address: fe80:0:0:0:0:0:0:1 (expected: of IPv4)"),
        arguments("--version=4", "version: 4 (expected: one of 2, 3)"),
        arguments(
            "--interval=100ms", "interval: PT0.1S (expected: PT1S..PT4M15S, a multiple of PT1S)"),
        arguments(
            "--version=3 --interval=5ms",
            "interval: PT0.005S (expected: PT0.01S..PT40.95S, a multiple of PT0.01S)"),
        arguments(
            "--auth-pass=123456789", "secret: 9 bytes (expected: 1..8 bytes, none of them 0)"),
        arguments(
            "--version=3 --auth-pass=1", "authentication: PASSWORD (expected: NONE, or version 2)"),
        arguments("--preempt-delay=1001s", "preempt delay: PT16M41S (expected: 0..1000 s)"),
        arguments(
            "--no-preempt --preempt-delay=1s",
            "preempt delay: PT1S (expected: none without preemption)"),
        arguments("--unicast-peer=web", "address: web (expected: an IPv4 or IPv6 address)"));
  }

  @Test
  void proxy_severalNotValid_saysEach() {
    Run run = run("proxy", "--listen=x", "--server=127.0.0.1:9001=-1", "--grace=never");

    assertEquals(
        List.of(
            "endpoint: x (expected: HOST:PORT, an IPv6 address in brackets)",
            "weight: -1 (expected: 0..65535)",
            "duration: never (expected: such as 500ms, 3s, 2m or 1h)"),
        run.err());
  }

  @Test
  void proxy_withoutArguments_saysWhatIsMissing() {
    assertEquals(
        new Run(
            2,
            "",
            List.of(
                "Missing required options: '--listen=HOST:PORT',"
                    + " '--server=HOST:PORT[=WEIGHT]'",
                HINT)),
        run("proxy"));
  }

  @Test
  void proxy_unknownOption_saysWhichMayBeMeant() {
    Run run = run("proxy", "--listen=127.0.0.1:8080", "--server=127.0.0.1:9001", "--scheduller=rr");

    assertEquals(
        new Run(
            2,
            "",
            List.of("Unknown option: '--scheduller=rr'", "Possible solutions: --scheduler", HINT)),
        run);
  }

  @ParameterizedTest
  @MethodSource
  void ipvs_notValid_saysWhatIsExpected(String arguments, List<String> sentences) {
    Run run = run(("ipvs " + arguments).split(" "));

    assertEquals(new Run(2, "", sentences), run);
  }

  static Stream<Arguments> ipvs_notValid_saysWhatIsExpected() {
    String list = "Try: evenkeel ipvs list --help";
    return Stream.of(
        arguments(
            "list --stats --rate", List.of("--stats and --rate (expected: one of them)", list)),
        arguments(
            "list -c --timeout --daemon",
            List.of("--connection and --timeout and --daemon (expected: one of them)", list)),
        arguments(
            "list --timeout -t 10.0.0.1:80",
            List.of("--timeout and a service (expected: one of them)", list)),
        arguments("list -t 10.0.0.1:70000", List.of("-t: 70000 (expected: 0..65535)", list)),
        arguments("list -t 10.0.0.1:80 -f 1", List.of("-t and -f (expected: one of them)", list)),
        arguments(
            "zero -f 0",
            List.of("-f: 0 (expected: 1..4294967295)", "Try: evenkeel ipvs zero --help")),
        arguments("set 1 2 21474837", List.of("timeout: 21474837 (expected: 0..21474836)")),
        arguments(
            "daemon start both --mcast-interface=lo",
            List.of("role: both (expected: one of backup, master)")),
        arguments(
            "daemon start master --mcast-interface=lo --syncid=256",
            List.of("sync id: 256 (expected: 0..255)")),
        arguments(
            "daemon start master --mcast-interface=lo --mcast-group=10.0.0.1",
            List.of(
                "sync group: 10.0.0.1 (expected: a multicast address)",
                "Try: evenkeel ipvs daemon start --help")),
        arguments(
            "list -n --exact",
            List.of("--exact: no counts (expected: with --stats or --rate)", list)),
        arguments(
            "list -nc --nosort", List.of("--nosort with --connection (expected: without)", list)));
  }

  @Test
  void ipvsRestore_fileThatCannotBeRead_saysWhichAndWhy(@TempDir Path directory) throws Exception {
    Path bytes = Files.write(directory.resolve("rules"), new byte[] {'#', (byte) 0xc3, '\n'});

    assertEquals(
        new Run(1, "", List.of(directory + ": Is a directory")),
        run("ipvs", "restore", directory.toString()));
    assertEquals(
        new Run(1, "", List.of(bytes + ": not text (expected: UTF-8)")),
        run("ipvs", "restore", bytes.toString()));
    assertEquals(
        new Run(1, "", List.of(directory + "/none: no such file")),
        run("ipvs", "restore", directory + "/none"));
    assertEquals(
        new Run(1, "", List.of(bytes + "/none: Not a directory")),
        run("ipvs", "restore", bytes + "/none"));
  }

  @Test
  void quickstart_tooShort_saysWhatIsExpected() {
    assertEquals(
        new Run(2, "", List.of("seconds: 5 (expected: 6..3600)")),
        run("quickstart", "--seconds=5"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "10.0.0", "10.0.0.1/32", ""})
  void doctor_vipIsNoAddress_saysWhatIsExpected(String vip) {
    assertEquals(
        new Run(2, "", List.of("address: " + vip + " (expected: an IPv4 or IPv6 address)")),
        run("doctor", "--real-server", "--vip=" + vip));
  }

  @Test
  void doctor_vipOfADirector_isRefused() {
    assertEquals(
        new Run(2, "", List.of("--vip: not looked at (expected: with --real-server)")),
        run("doctor", "--vip=10.0.0.1"));
  }

  @Test
  void evenkeel_withoutCommand_printsUsageAsError() {
    Run run = run();

    assertEquals(2, run.status());
    assertEquals("Usage: evenkeel [-hV] COMMAND", run.err().get(0));
  }

  @Test
  void evenkeel_unknownCommand_saysSo() {
    Run run = run("prox");

    assertEquals(2, run.status());
    assertEquals("Unmatched argument at index 0: 'prox'", run.err().get(0));
  }

  @ParameterizedTest
  @MethodSource
  void help_everyCommand_printsUsageAndEndsWell(String command, String usage) {
    Run run = run((command + " --help").trim().split(" "));

    assertEquals(0, run.status());
    assertEquals(List.of(), run.err());
    assertTrue(run.out().startsWith("Usage: " + usage), run.out());
  }

  static Stream<Arguments> help_everyCommand_printsUsageAndEndsWell() {
    return Stream.of(
        arguments("", "evenkeel [-hV] COMMAND"),
        arguments("ipvs", "evenkeel ipvs [-hV] COMMAND"),
        arguments("ipvs list", "evenkeel ipvs list [OPTION]..."),
        arguments("ipvs save", "evenkeel ipvs save [-hnV] [--netns=NAME]"),
        arguments("ipvs restore", "evenkeel ipvs restore [-hV] [--netns=NAME] [FILE]"),
        arguments("ipvs clear", "evenkeel ipvs clear [-hV] [--netns=NAME]"),
        arguments("ipvs set", "evenkeel ipvs set [-hV] [--netns=NAME] TCP TCPFIN UDP"),
        arguments("ipvs daemon", "evenkeel ipvs daemon [-hV] COMMAND"),
        arguments("ipvs daemon start", "evenkeel ipvs daemon start [-hV]"),
        arguments("quickstart", "evenkeel quickstart [-hvV] [--seconds=N]"),
        arguments(
            "proxy", "evenkeel proxy --listen=HOST:PORT --server=HOST:PORT[=WEIGHT]... [OPTION]"),
        arguments("doctor", "evenkeel doctor [OPTION]"));
  }

  private static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine = Evenkeel.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    int status = commandLine.execute(arguments);
    return new Run(status, out.toString(), err.toString().lines().toList());
  }
}

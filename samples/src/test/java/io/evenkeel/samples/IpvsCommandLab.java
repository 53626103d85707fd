// Over 500 lines: every command of ours beside its own of ipvsadm, in one boot of the kernel.
package io.evenkeel.samples;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * {@code evenkeel ipvs} beside {@code ipvsadm}, under a kernel that has IPVS: the commands of
 * {@code docs/ipvsadm-parity.md}, over random tables and over one with connections. Prints what
 * differs, and ends with 1 if anything does. Run by {@code IpvsCommandLabIT}, in the module's
 * directory.
 */
final class IpvsCommandLab {
  private static int clientPort = 20_000;

  private static final Path TABLE = Path.of("..", "docs", "ipvsadm-parity.md");
  private static final Pattern ROW = Pattern.compile("\\| `(-[^`]*)` \\| `([^`]*)` \\|");
  private static final int TABLES = 5;
  private static final long FIRST_SEED = TABLES * (Long.getLong("evenkeel.lab.seed", 1) - 1);

  /** How often is tried to see the same twice of what changes by itself. */
  private static final int TRIES = 240;

  private static final List<String> HOSTS =
      List.of(
          "127.0.0.1 localhost",
          "10.0.0.1 vip.example.org vip",
          "10.0.0.2 a-real-server-with-a-long-name.example.org",
          "10.0.0.3 web3",
          "10.0.0.4 both.example.org",
          "fc00::4 both.example.org",
          "fc00::1 vip6.example.org",
          "fc00::2 a-real-server-with-a-long-name6.example.org");

  private final List<AutoCloseable> open = new ArrayList<>();
  private int failures;
  private int comparisons;

  /** A program's status and what it prints. */
  private record Run(int status, String out, String err) {}

  /** A line of the document's table of commands. */
  private record Pair(String theirs, String ours) {
    boolean isOfOneService() {
      return ours.matches(".* -[tuf] .*");
    }

    boolean hasNames() {
      return !theirs.contains("n");
    }
  }

  private IpvsCommandLab() {}

  public static void main(String[] args) throws Exception {
    IpvsCommandLab lab = new IpvsCommandLab();
    try {
      prepare();
      List<Pair> pairs = pairs();
      lab.randomTables(pairs);
      lab.liveTable(pairs);
      lab.bothWays(changing());
      lab.changes();
      lab.restore();
      System.out.println(lab.comparisons + " comparisons, " + lab.failures + " differ");
    } finally {
      for (AutoCloseable closeable : lab.open) {
        closeable.close();
      }
    }
    System.out.flush();
    Runtime.getRuntime().halt(lab.failures == 0 && lab.comparisons > 0 ? 0 : 1);
  }

  private static List<Pair> pairs() throws IOException {
    return pairs("## Commands", "These change", 20);
  }

  private static List<Pair> changing() throws IOException {
    return pairs("These change", "And the others", 6);
  }

  private static List<Pair> pairs(String from, String to, int least) throws IOException {
    String text = Files.readString(TABLE);
    Matcher matcher = ROW.matcher(text.substring(text.indexOf(from), text.indexOf(to)));
    List<Pair> pairs = new ArrayList<>();
    while (matcher.find()) {
      pairs.add(new Pair(matcher.group(1), matcher.group(2)));
    }
    if (pairs.size() < least) {
      throw new IllegalStateException(TABLE + ": commands: " + pairs);
    }
    return pairs;
  }

  /** This mount namespace is the machine's own. */
  private static void prepare() throws Exception {
    Path hosts = Files.createTempFile(Path.of("/run"), "hosts", "");
    try {
      Files.write(hosts, HOSTS);
      expect(run("", "mount", "--bind", hosts.toString(), "/etc/hosts"), "");
    } finally {
      // What is mounted stays without its name.
      Files.delete(hosts);
    }
    for (String module : List.of("ip_vs_pe_sip", "iptable_mangle", "xt_mark")) {
      run("", "modprobe", "-q", "-d", "/run/modules", module);
      run("", "modprobe", "-q", module);
    }
    expect(run("", "ip", "link", "add", "s0", "type", "veth", "peer", "name", "s1"), "");
    for (String link : List.of("s0", "s1")) {
      expect(run("", "ip", "link", "set", link, "up"), "");
    }
    expect(run("", "ip", "addr", "add", "fe80::5/64", "dev", "s0", "nodad"), "");
    for (String address : List.of("10.0.0.1/32", "10.0.0.9/32", "fc00::1/128")) {
      expect(run("", "ip", "addr", "add", address, "dev", "lo"), "");
    }
    expect(
        run("", "iptables-legacy -t mangle -A OUTPUT -d 10.0.0.9 -j MARK --set-mark 7".split(" ")),
        "");
  }

  private void randomTables(List<Pair> pairs) throws Exception {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + TABLES; seed++) {
      List<String> rules = new RandomRules(seed).rules();
      expect(run("", "ipvsadm", "-C"), "");
      expect(run(String.join("\n", rules) + "\n", "ipvsadm", "-R"), "");
      for (Pair pair : pairs) {
        // Names are asked for from the one table that has all kinds of them.
        if (!pair.isOfOneService() && (!pair.hasNames() || (seed - FIRST_SEED) % 4 == 0)) {
          compare("table " + seed, pair);
        }
      }
      restoreOwn("table " + seed);
    }
  }

  /** What save writes is what restore and ipvsadm --restore read, thresholds too. */
  private void restoreOwn(String where) throws Exception {
    String saved = ours("", "save", "-n").out();
    String table = table();
    for (String named : List.of(saved, ours("", "save").out())) {
      check(where + ": clear", "", ours("", "clear"));
      check(where + ": cleared", "", run("", "ipvsadm", "-Sn"));
      check(where + ": restore", "", ours(named, "restore", "-"));
      check(where + ": restored by ours", table, new Run(0, table(), ""));
    }
    expect(run("", "ipvsadm", "-C"), "");
    check(where + ": ipvsadm restores what ours saves", "", run(saved, "ipvsadm", "-R"));
    check(where + ": restored by ipvsadm", table, new Run(0, table(), ""));
  }

  /** In an order of its own: that of ipvsadm is not always one, see {@link IpvsOrder}. */
  private static String table() throws Exception {
    return Stream.of("-Sn", "-Ln --thresholds")
        .flatMap(view -> lines(("ipvsadm " + view).split(" ")).stream())
        .sorted()
        .collect(Collectors.joining("\n"));
  }

  private static List<String> lines(String... command) {
    try {
      return run("", command).out.lines().toList();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Connections over TCP and UDP, templates of clients and of a mark, and large counts. */
  private void liveTable(List<Pair> pairs) throws Exception {
    expect(run("", "ipvsadm", "-C"), "");
    expect(
        run(
            """
            -A -t 10.0.0.1:80 -s rr -p 500 -M 255.255.255.0
            -a -t 10.0.0.1:80 -r 127.0.0.1:8080 -m -x 9 -y 3
            -a -t 10.0.0.1:80 -r 10.0.0.2:8080 -m -w 0
            -A -t [fc00::1]:80 -s rr -p 500 -M 64
            -a -t [fc00::1]:80 -r [fc00::1]:8080 -m
            -A -t 10.0.0.1:443 -s rr
            -a -t 10.0.0.1:443 -r 10.0.0.1:8080 -m
            -A -u 10.0.0.1:53 -s rr
            -a -u 10.0.0.1:53 -r 10.0.0.1:5353 -m
            -A -f 7 -s rr -p 500
            -a -f 7 -r 10.0.0.1:8080 -m
            """,
            "ipvsadm",
            "-R"),
        "");
    listen();
    for (int i = 0; i < 3; i++) {
      for (String address : List.of("10.0.0.1:80", "10.0.0.1:443", "fc00::1:80")) {
        int colon = address.lastIndexOf(':');
        Socket client = new Socket();
        open.add(client);
        client.connect(
            new InetSocketAddress(
                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
            5_000);
      }
    }
    Socket ended = new Socket("10.0.0.1", 443);
    ended.close();
    try (Socket marked = new Socket()) {
      marked.connect(new InetSocketAddress("10.0.0.9", 8080), 5_000);
    } catch (IOException e) {
      // Nobody is there with that address; the kernel's entry is what counts.
    }
    try (DatagramSocket server = new DatagramSocket(5353, InetAddress.getByName("10.0.0.1"));
        DatagramSocket client = new DatagramSocket()) {
      byte[] data = new byte[60_000];
      DatagramPacket packet =
          new DatagramPacket(data, data.length, InetAddress.getByName("10.0.0.1"), 53);
      // More than the 100 000 000 from where ipvsadm leaves digits out.
      for (int i = 0; i < 1_800; i++) {
        client.send(packet);
      }
      Objects.requireNonNull(server);
    }
    String listing = run("", "ipvsadm", "-Lnc").out();
    for (String part :
        List.of("ESTABLISHED", "CLOSE_WAIT", "UDP", "IP  ", "ASSURED", "0.0.0.7:0", "[fc00::1]")) {
      if (!listing.contains(part)) {
        fail("no " + part + " among the connections:\n" + listing);
      }
    }
    // The kernel adds up what it has counted every two seconds.
    String stats = "";
    for (int i = 0; i < TRIES && !stats.contains("K"); i++) {
      Thread.sleep(250);
      stats = run("", "ipvsadm", "-Ln", "--stats").out();
    }
    if (!stats.contains("K")) {
      fail("no count above 100 000 000:\n" + stats);
    }
    for (Pair pair : pairs) {
      compare("live table", pair);
    }
    if (!run("", "ipvsadm", "-Ln", "--rate")
        .out()
        .matches("(?s).*UDP  10.0.0.1:53 .*[1-9]\\d* *\\d+\\n.*")) {
      fail("the rates are all zero: they were not compared");
    }
    check("zero", "", ours("", "zero"));
    String zeroed = run("", "ipvsadm", "-Ln", "--stats").out();
    if (zeroed.contains("K")) {
      fail("zero did not: " + zeroed);
    }
  }

  /** For IPv4 and IPv6. */
  private void listen() throws IOException {
    open.add(new ServerSocket(8080));
  }

  /** Each once by ipvsadm and once by ours, from the same state to the same state. */
  private void bothWays(List<Pair> pairs) throws Exception {
    for (Pair pair : pairs) {
      String before = begin(pair);
      expect(run("", ("ipvsadm " + pair.theirs).split(" ")), "");
      String after = state();
      if (after.equals(before)) {
        fail(pair.theirs + ": changed nothing of\n" + before);
      }
      check(pair.theirs + ": before", before, new Run(0, begin(pair), ""));
      check(pair.ours, "", ours("", pair.ours.split(" ")));
      check(pair.ours + ": after", after, new Run(0, state(), ""));
    }
  }

  /** Two services, each with a connection of three packets; returns the state. */
  private static String begin(Pair pair) throws Exception {
    expect(run("", "ipvsadm", "-C"), "");
    expect(run("", "ipvsadm --set 900 120 300".split(" ")), "");
    run("", "ipvsadm --stop-daemon master".split(" "));
    if (pair.ours.startsWith("daemon stop")) {
      expect(run("", "ipvsadm --start-daemon master --mcast-interface lo".split(" ")), "");
    }
    try (DatagramSocket server = new DatagramSocket(5353, InetAddress.getByName("10.0.0.1"))) {
      server.setSoTimeout(60_000);
      for (int port : List.of(53, 54)) {
        String service = "-u 10.0.0.1:" + port;
        expect(run("", ("ipvsadm -A " + service + " -s rr").split(" ")), "");
        expect(run("", ("ipvsadm -a " + service + " -r 10.0.0.1:5353 -m").split(" ")), "");
        // The kernel takes a port that comes again for the connection that it has of it.
        try (DatagramSocket client = new DatagramSocket(clientPort++)) {
          for (int i = 0; i < 3; i++) {
            client.send(
                new DatagramPacket(new byte[9], 9, InetAddress.getByName("10.0.0.1"), port));
            // The kernel counts that nobody is there, too.
            server.receive(new DatagramPacket(new byte[9], 9));
          }
        }
      }
    }
    Pattern counted = Pattern.compile("(?s).*UDP  10.0.0.1:53 +1 +3 .*UDP  10.0.0.1:54 +1 +3 .*");
    // The kernel adds up what it has counted every two seconds.
    for (int i = 0; i < TRIES; i++) {
      String state = state();
      if (counted.matcher(state).matches()) {
        return state;
      }
      Thread.sleep(250);
    }
    throw new IllegalStateException("not counted:\n" + state());
  }

  private static String state() {
    return Stream.of("-Sn", "-Ln --stats", "-L --timeout", "-L --daemon")
        .flatMap(view -> lines(("ipvsadm " + view).split(" ")).stream())
        .collect(Collectors.joining("\n"));
  }

  /** What changes something, seen by ipvsadm. */
  private void changes() throws Exception {
    check("set", "", ours("", "set", "1000", "130", "310"));
    check("set", "Timeout (tcp tcpfin udp): 1000 130 310\n", run("", "ipvsadm", "-L", "--timeout"));
    check("set one", "", ours("", "set", "0", "0", "300"));
    check(
        "set one",
        "Timeout (tcp tcpfin udp): 1000 130 300\n",
        run("", "ipvsadm", "-L", "--timeout"));
    check("start", "", ours("", "daemon", "start", "backup", "--mcast-interface", "lo"));
    check(
        "start",
        "",
        ours(
            "",
            ("daemon start master --mcast-interface lo --syncid 7 --sync-maxlen 1400"
                    + " --mcast-group 224.1.2.3 --mcast-port 9000 --mcast-ttl 3")
                .split(" ")));
    check(
        "daemons",
        """
        master sync daemon (mcast=lo, syncid=7, maxlen=1400, group=224.1.2.3, port=9000, ttl=3)
        backup sync daemon (mcast=lo, syncid=0, maxlen=65507, group=224.0.0.81, port=8848, ttl=1)
        """,
        run("", "ipvsadm", "-L", "--daemon"));
    compare("daemons", new Pair("-L --daemon", "list --daemon"));
    Run twice = ours("", "daemon", "start", "backup", "--mcast-interface", "lo");
    check("start twice", new Run(1, "", "ipvs start daemon: File exists (errno 17)\n"), twice);
    check("stop", "", ours("", "daemon", "stop", "backup"));
    check("stop", "", ours("", "daemon", "stop", "master"));
    check(
        "start for IPv6",
        "",
        ours("", "daemon", "start", "master", "--mcast-interface=s0", "--mcast-group=ff02::77"));
    compare("daemons", new Pair("-L --daemon", "list --daemon"));
    check("stop", "", ours("", "daemon", "stop", "master"));
    check("daemons", "", run("", "ipvsadm", "-L", "--daemon"));
    check(
        "stop twice",
        new Run(1, "", "ipvs stop daemon: No such process (errno 3)\n"),
        ours("", "daemon", "stop", "master"));
  }

  private void restore() throws Exception {
    check("clear", "", ours("", "clear"));
    check(
        "restore, one line not valid",
        new Run(
            1,
            "",
            """
            line 2: -w: x (expected: 0..2147483647)
            line 4: foo: not an option (expected: -...)
            """),
        ours("-A -f 1\n-a -f 1 -r 10.0.0.2 -w x\n\nfoo\n", "restore"));
    check("restore, nothing applied", "", run("", "ipvsadm", "-Sn"));
    check(
        "restore, one refused",
        new Run(
            1,
            "",
            "line 2: -A -f 1 -s rr: ipvs add service: File exists (errno 17)\n"
                + "line 5: -A -f 3 -s nosuch: ipvs add service: No such file or directory"
                + " (errno 2)\n"),
        ours(
            "-A -f 1 -s rr\n-A -f 1 -s rr\n# more\n-A -f 2 -s rr\n-A -f 3 -s nosuch\n", "restore"));
    check("restore, others hold", "-A -f 1 -s rr\n-A -f 2 -s rr\n", run("", "ipvsadm", "-Sn"));
    Path file = Files.createTempFile("rules", "");
    try {
      Files.writeString(file, "# rules\n-D -f 1\n-E -f 2 -s wrr\n");
      check("restore a file", "", ours("", "restore", file.toString()));
    } finally {
      Files.delete(file);
    }
    check("restore a file", "-A -f 2 -s wrr\n", run("", "ipvsadm", "-Sn"));
    check("no file", new Run(1, "", "/run/none: no such file\n"), ours("", "restore", "/run/none"));
    check("none", new Run(1, "", "mark 9: no such service\n"), ours("", "list", "-f", "9"));
    expect(run("", "ip", "netns", "add", "lab"), "");
    try {
      check("namespace", "", ours("-A -f 5 -s rr\n", "restore", "--netns", "lab"));
      check("namespace", "-A -f 5 -s rr\n", ours("", "save", "-n", "--netns=lab"));
      check(
          "namespace",
          run("", "ip", "netns", "exec", "lab", "ipvsadm", "-Lnc").out(),
          ours("", "list", "-nc", "--netns", "lab"));
      check("own namespace", "-A -f 2 -s wrr\n", ours("", "save", "-n"));
    } finally {
      run("", "ip", "netns", "del", "lab");
    }
  }

  /** What ipvsadm prints before and after ours is the same, so what ours prints is to be, too. */
  private void compare(String where, Pair pair) throws Exception {
    String[] theirs = ("ipvsadm " + pair.theirs).split(" ");
    for (int i = 0; i < TRIES; i++) {
      Run before = run("", theirs);
      Run ours = ours("", pair.ours.split(" "));
      if (run("", theirs).equals(before)) {
        if (pair.ours.startsWith("save")) {
          ours = new Run(ours.status, ours.out.replaceAll(" -x \\d+( -y \\d+)?", ""), ours.err);
        }
        check(where + ": " + pair.theirs, before, ours);
        return;
      }
    }
    fail(where + ": " + pair.theirs + ": never the same twice");
  }

  private void check(String what, String expectedOut, Run run) {
    check(what, new Run(0, expectedOut, ""), run);
  }

  private void check(String what, Run expected, Run run) {
    comparisons++;
    if (!expected.equals(run)) {
      List<String> a = expected.out.lines().toList();
      List<String> b = run.out.lines().toList();
      int at = 0;
      while (at < Math.min(a.size(), b.size()) && a.get(at).equals(b.get(at))) {
        at++;
      }
      fail(
          what
              + ": line "
              + (at + 1)
              + "\n  expected "
              + expected.status
              + ": "
              + (at < a.size() ? a.get(at) : "the end")
              + "\n  "
              + expected.err
              + "\n  but was  "
              + run.status
              + ": "
              + (at < b.size() ? b.get(at) : "the end")
              + "\n  "
              + run.err);
    }
  }

  private void fail(String what) {
    failures++;
    System.out.println("FAILED " + what);
  }

  /** Of what the test itself needs. */
  private static void expect(Run run, String out) {
    if (!run.equals(new Run(0, out, ""))) {
      throw new IllegalStateException("" + run);
    }
  }

  private static Run ours(String input, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine = Evenkeel.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    List<String> all = new ArrayList<>(List.of("ipvs"));
    all.addAll(Arrays.asList(arguments));
    InputStream stdin = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      int status = commandLine.execute(all.toArray(new String[0]));
      return new Run(status, out.toString(), err.toString());
    } finally {
      System.setIn(stdin);
    }
  }

  private static Run run(String input, String... command) throws Exception {
    Path err = Files.createTempFile(Path.of("/run"), "err", "");
    try {
      Process process = new ProcessBuilder(command).redirectError(err.toFile()).start();
      process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      return new Run(status, out, Files.readString(err));
    } finally {
      Files.delete(err);
    }
  }
}

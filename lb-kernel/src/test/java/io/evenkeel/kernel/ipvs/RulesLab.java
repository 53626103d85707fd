package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every option of {@code ipvsadm}, set by ours and read back by it, set by it and read back by
 * ours. The options and rules are those of {@code docs/ipvsadm-parity.md}; run by {@code
 * IpvsLabIT}, in the module's directory.
 */
public class RulesLab {
  private static final Path TABLE = Path.of("..", "docs", "ipvsadm-parity.md");
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?[a-zA-Z0-9][\\w-]*");
  private static final int RANDOM_TABLES = Integer.getInteger("evenkeel.lab.tables", 40);

  /** A line of the table. */
  record Row(String option, List<String> rules) {
    @Override
    public String toString() {
      return option;
    }
  }

  /** What both read after one of them was told the rules, and whether the kernel took them. */
  private record Held(
      List<String> saved, List<String> thresholds, List<String> ours, boolean all) {}

  private Ipvs ipvs;

  @BeforeAll
  static void load() throws Exception {
    // The kernel cannot load it by itself: user-mode-linux has its modules elsewhere.
    run("", "modprobe", "-q", "-d", "/run/modules", "ip_vs_pe_sip");
    run("", "modprobe", "-q", "ip_vs_pe_sip");
  }

  @BeforeEach
  void open() throws Exception {
    ipvs = Ipvs.open();
  }

  @AfterEach
  void flush() throws Exception {
    ipvs.apply(new IpvsChange.Flush());
    ipvs.close();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void option_setByOneAndReadByTheOther_isEqual(Row row) throws Exception {
    Held ours = setByOurs(Rules.read(String.join("\n", row.rules), RuleNames.ofSystem()));
    Held theirs = setByTheirs(row.rules);

    assertEquals(theirs, ours);
    assertEquals(theirs.saved, withoutThresholds(theirs.ours));
    // Newer kernels may have it.
    if (!row.option.contains("twos")) {
      assertTrue(ours.all, "refused");
    }
  }

  static Stream<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    String text = Files.readString(TABLE);
    String table = text.substring(text.indexOf("## Rules"), text.indexOf("## Commands"));
    for (String line : table.lines().filter(l -> l.startsWith("| `")).toList()) {
      String[] cells = line.split("\\|", -1);
      rows.add(new Row(cells[1].trim(), quoted(cells[2])));
    }
    return rows.stream();
  }

  /** No option of the reader is missing from the table, in any of its spellings. */
  @Test
  void table_rules_haveEveryOptionOfTheReader() throws Exception {
    TreeSet<String> known = new TreeSet<>();
    for (RuleOption option : RuleOption.values()) {
      known.addAll(option.spellings());
    }
    TreeSet<String> shown = new TreeSet<>();
    for (Row row : rows().toList()) {
      for (String spelling : quoted(row.option)) {
        boolean isUsed =
            row.rules.stream()
                .anyMatch(rule -> (" " + rule).matches(".* " + Pattern.quote(spelling) + "\\b.*"));
        assertTrue(isUsed, () -> "in the rules of " + row.option + " is no " + spelling);
        shown.add(spelling);
      }
    }
    assertEquals(known, shown);
  }

  /** No option of ipvsadm is missing from the document. */
  @Test
  void document_tables_haveEveryOptionOfIpvsadm() throws Exception {
    TreeSet<String> shown = new TreeSet<>();
    for (String line : Files.readAllLines(TABLE)) {
      if (!line.startsWith("| `")) {
        continue;
      }
      for (String word : String.join(" ", quoted(line.split("\\|", -1)[1])).split("[ =]", -1)) {
        if (word.startsWith("--")) {
          shown.add(word);
        } else if (word.startsWith("-")) {
          word.substring(1).chars().forEach(letter -> shown.add("-" + (char) letter));
        }
      }
    }
    TreeSet<String> missing = new TreeSet<>();
    int options = 0;
    Matcher help = OPTION.matcher(String.join("\n", run("", "ipvsadm", "-h")));
    while (help.find()) {
      options++;
      if (!shown.contains(help.group())) {
        missing.add(help.group());
      }
    }
    assertEquals(new TreeSet<>(), missing);
    assertTrue(options > 60, "options: " + options);
  }

  @Test
  void randomTables_setByOneAndReadByTheOther_areEqual() throws Exception {
    for (int seed = 0; seed < RANDOM_TABLES; seed++) {
      List<IpvsChange> changes = new RandomTable(seed).changes();
      List<String> rules =
          changes.stream().map(change -> Rules.write(change, RuleNames.NUMERIC)).toList();

      Held ours = setByOurs(Rules.read(String.join("\n", rules), RuleNames.NUMERIC));
      Held theirs = setByTheirs(rules);

      assertEquals(theirs, ours, "seed " + seed);
      assertTrue(ours.all, "seed " + seed);
      assertEquals(
          new TreeSet<>(theirs.saved),
          new TreeSet<>(withoutThresholds(theirs.ours)),
          "seed " + seed);
      assertEquals(new TreeSet<>(rules), new TreeSet<>(ours.ours), "seed " + seed);
    }
  }

  /** It cannot be told by a rule, but the binding can. */
  @Test
  void local_setByOurs_isSavedAsIpvsadmDoes() throws Exception {
    IpvsKey key = new IpvsMark(1, AddressFamily.IPV4);
    InetAddress address = InetAddress.getByName("10.0.0.2");
    ipvs.apply(
        List.of(
            new IpvsChange.AddService(IpvsService.of(key, "rr")),
            new IpvsChange.AddDestination(
                key, IpvsDestination.of(address, 0, ForwardingMethod.LOCAL, 1))));

    Held held = held(true);

    assertEquals(held.saved, held.ours);
    assertEquals(ForwardingMethod.LOCAL, ipvs.destinations(key).get(0).destination().method());
  }

  /** What ipvsadm saves as a negative number. */
  @Test
  void markAbove31Bits_savedByIpvsadm_isReadByOurs() throws Exception {
    IpvsService service = IpvsService.of(new IpvsMark(3_000_000_000L, AddressFamily.IPV6), "rr");
    ipvs.apply(new IpvsChange.AddService(service));

    List<String> saved = run("", "ipvsadm", "-Sn");

    assertEquals(List.of("-A -f -1294967296 -6 -s rr"), saved);
    assertEquals(
        new IpvsChange.AddService(service),
        Rules.read(saved.get(0), RuleNames.NUMERIC).get(0).change());
  }

  private Held setByOurs(List<Rules.Rule> rules) throws Exception {
    ipvs.apply(new IpvsChange.Flush());
    try {
      ipvs.apply(rules.stream().map(Rules.Rule::change).toList());
    } catch (IpvsException e) {
      return held(false);
    }
    return held(true);
  }

  private Held setByTheirs(List<String> rules) throws Exception {
    run("", "ipvsadm", "-C");
    List<String> complaints = run(String.join("\n", rules) + "\n", "ipvsadm", "-R");
    return held(complaints.isEmpty());
  }

  /** Ours in the kernel's order where ipvsadm sorts, so that equal tables are equal here. */
  private Held held(boolean all) throws Exception {
    List<String> ours = new ArrayList<>();
    List<String> saved = run("", "ipvsadm", "-Sn");
    for (ServiceStatus status : ipvs.services()) {
      IpvsKey key = status.service().key();
      ours.add(Rules.write(new IpvsChange.AddService(status.service()), RuleNames.NUMERIC));
      assertEquals(status.service(), ipvs.service(key).orElseThrow().service());
      for (DestinationStatus server : ipvs.destinations(key)) {
        ours.add(
            Rules.write(
                new IpvsChange.AddDestination(key, server.destination()), RuleNames.NUMERIC));
      }
    }
    List<String> order = saved;
    ours.sort(
        (a, b) ->
            Integer.compare(
                order.indexOf(withoutThresholds(a)), order.indexOf(withoutThresholds(b))));
    assertFalse(
        ours.stream().anyMatch(rule -> !order.contains(withoutThresholds(rule))),
        () -> "ipvsadm: " + order + "\nours: " + ours);
    return new Held(saved, run("", "ipvsadm", "-Ln", "--thresholds"), ours, all);
  }

  private static List<String> withoutThresholds(List<String> rules) {
    return rules.stream().map(RulesLab::withoutThresholds).toList();
  }

  private static String withoutThresholds(String rule) {
    return rule.replaceFirst(" -x \\d+", "").replaceFirst(" -y \\d+", "");
  }

  private static List<String> quoted(String text) {
    List<String> all = new ArrayList<>();
    Matcher matcher = QUOTED.matcher(text);
    while (matcher.find()) {
      all.add(matcher.group(1));
    }
    return all;
  }

  /** What a command prints, on both of its outputs. */
  private static List<String> run(String input, String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().write(input.getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().close();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
            .lines()
            .toList();
    process.waitFor();
    return lines;
  }
}

package io.evenkeel.kernel.ipvs;

import io.evenkeel.kernel.sys.AddressText;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rule format of {@code ipvsadm --save} and {@code --restore} (ipvsadm(8)): a line for each
 * change, which is the options of a command. {@code ipvsadm} may stand before them. Blank lines,
 * and what follows a {@code #} at the beginning of a word, are nothing. Pure but for the {@link
 * RuleNames}. Thread-safe.
 *
 * <p>Read is what {@code ipvsadm} 1.31 reads, in any order of the options, with these differences,
 * all for the sake of not losing anything: what it passes over in silence is refused ({@code -M}
 * and {@code --pe} without {@code -p}; another port than the service's with {@code -g} and {@code
 * -i}; a {@code -M} that is not a prefix's); only changes to the table are read ({@code -A -E -D -a
 * -e -d -C -Z}). Written is what it saves, and thresholds besides, which it does not save, and
 * marks above 2147483647 unsigned, which it writes as negative numbers that it does not read. Those
 * are read here.
 */
public final class Rules {
  private Rules() {}

  /**
   * A rule that was read.
   *
   * @param line where, from 1
   * @param change what it does
   */
  public record Rule(int line, IpvsChange change) {}

  /**
   * Reads rules, all or none.
   *
   * @param text any number of lines
   * @param names of hosts and services
   * @return in the order of the lines
   * @throws RulesException if one cannot be read; names all that cannot
   */
  public static List<Rule> read(String text, RuleNames names) {
    List<Rule> rules = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    int number = 0;
    for (String line : text.split("\\R", -1)) {
      number++;
      List<String> words = words(line);
      if (words.isEmpty()) {
        continue;
      }
      try {
        rules.add(new Rule(number, RuleReader.read(words, names)));
      } catch (IllegalArgumentException e) {
        problems.add("line " + number + ": " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new RulesException(problems);
    }
    return rules;
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>(Arrays.asList(line.trim().split("\\s+", -1)));
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).startsWith("#")) {
        words.subList(i, words.size()).clear();
      }
    }
    if (!words.isEmpty() && (words.get(0).isEmpty() || words.get(0).equals("ipvsadm"))) {
      words.remove(0);
    }
    return words;
  }

  /**
   * Writes a change as a rule. A server that is local, which no rule says, gets {@code -g}, as
   * {@code ipvsadm} saves it.
   *
   * @param change to be written
   * @param names of hosts and services
   * @return without line end
   * @throws IllegalArgumentException if a server is bypassed, which no rule says
   */
  public static String write(IpvsChange change, RuleNames names) {
    return RuleWriter.write(change, names);
  }

  /**
   * An address as rules have it: as a number, IPv6 as in RFC 5952.
   *
   * @param address any
   * @return without brackets
   */
  public static String address(InetAddress address) {
    return AddressText.of(address);
  }

  /**
   * An address and port as rules have them.
   *
   * @param address of a service or server
   * @param port 0..65535
   * @param protocol null: of several, so that the port has no name
   * @param names of hosts and services
   * @return HOST:PORT, with an IPv6 address's HOST in brackets
   */
  public static String endpoint(
      InetAddress address, int port, @Nullable IpvsProtocol protocol, RuleNames names) {
    String name = names.host(address);
    String host = name == null ? address(address) : name;
    String service = protocol == null || port == 0 ? null : names.service(port, protocol);
    return (address instanceof Inet6Address ? "[" + host + "]" : host)
        + ":"
        + (service == null ? port : service);
  }
}

package io.evenkeel.kernel.ipvs;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a rule consists of: {@code ipvsadm}'s commands and options, in all their spellings. */
enum RuleOption {
  ADD_SERVICE(Kind.COMMAND, 'A', "add-service", Value.NONE),
  EDIT_SERVICE(Kind.COMMAND, 'E', "edit-service", Value.NONE),
  DELETE_SERVICE(Kind.COMMAND, 'D', "delete-service", Value.NONE),
  ADD_SERVER(Kind.COMMAND, 'a', "add-server", Value.NONE),
  EDIT_SERVER(Kind.COMMAND, 'e', "edit-server", Value.NONE),
  DELETE_SERVER(Kind.COMMAND, 'd', "delete-server", Value.NONE),
  CLEAR(Kind.COMMAND, 'C', "clear", Value.NONE),
  ZERO(Kind.COMMAND, 'Z', "zero", Value.NONE),

  TCP_SERVICE(Kind.KEY, 't', "tcp-service", Value.NEEDED),
  UDP_SERVICE(Kind.KEY, 'u', "udp-service", Value.NEEDED),
  SCTP_SERVICE(Kind.KEY, null, "sctp-service", Value.NEEDED),
  MARK_SERVICE(Kind.KEY, 'f', "fwmark-service", Value.NEEDED),
  IPV6(Kind.KEY, '6', "ipv6", Value.NONE),

  SCHEDULER(Kind.OF_SERVICE, 's', "scheduler", Value.NEEDED),
  PERSISTENT(Kind.OF_SERVICE, 'p', "persistent", Value.POSSIBLE),
  NETMASK(Kind.OF_SERVICE, 'M', "netmask", Value.NEEDED),
  ENGINE(Kind.OF_SERVICE, null, "pe", Value.NEEDED),
  ONE_PACKET(Kind.OF_SERVICE, 'o', "ops", Value.NONE),
  SCHEDULER_FLAGS(Kind.OF_SERVICE, 'b', "sched-flags", Value.NEEDED),

  SERVER(Kind.SERVER, 'r', "real-server", Value.NEEDED),

  GATEWAYING(Kind.OF_SERVER, 'g', "gatewaying", Value.NONE),
  IPIP(Kind.OF_SERVER, 'i', "ipip", Value.NONE),
  MASQUERADING(Kind.OF_SERVER, 'm', "masquerading", Value.NONE),
  WEIGHT(Kind.OF_SERVER, 'w', "weight", Value.NEEDED),
  UPPER(Kind.OF_SERVER, 'x', "u-threshold", Value.NEEDED),
  LOWER(Kind.OF_SERVER, 'y', "l-threshold", Value.NEEDED),
  TUNNEL_TYPE(Kind.OF_SERVER, null, "tun-type", Value.NEEDED),
  TUNNEL_PORT(Kind.OF_SERVER, null, "tun-port", Value.NEEDED),
  TUNNEL_NO_CHECKSUM(Kind.OF_SERVER, null, "tun-nocsum", Value.NONE),
  TUNNEL_CHECKSUM(Kind.OF_SERVER, null, "tun-csum", Value.NONE),
  TUNNEL_REMOTE_CHECKSUM(Kind.OF_SERVER, null, "tun-remcsum", Value.NONE);

  /** What an option belongs to. */
  enum Kind {
    COMMAND,
    KEY,
    OF_SERVICE,
    SERVER,
    OF_SERVER
  }

  private enum Value {
    NONE,
    POSSIBLE,
    NEEDED
  }

  private final Kind kind;
  private final @Nullable Character letter;
  private final String word;
  private final Value value;

  RuleOption(Kind kind, @Nullable Character letter, String word, Value value) {
    this.kind = kind;
    this.letter = letter;
    this.word = word;
    this.value = value;
  }

  Kind kind() {
    return kind;
  }

  List<String> spellings() {
    return letter == null ? List.of("--" + word) : List.of("-" + letter, "--" + word);
  }

  @Override
  public String toString() {
    return letter == null ? "--" + word : "-" + letter;
  }

  /**
   * The options of a rule, its command first, with their values, empty where there is none, as
   * popt(3) tells them apart.
   */
  static Map<RuleOption, String> parse(List<String> words) {
    Map<RuleOption, String> options = new EnumMap<>(RuleOption.class);
    int next = 0;
    while (next < words.size()) {
      String word = words.get(next++);
      if (word.startsWith("--")) {
        int equals = word.indexOf('=');
        RuleOption option = ofWord(equals < 0 ? word : word.substring(0, equals));
        next = option.put(options, equals < 0 ? null : word.substring(equals + 1), words, next);
      } else if (word.startsWith("-") && word.length() > 1) {
        int at = 1;
        while (at < word.length()) {
          RuleOption option = ofLetter(word.charAt(at++));
          String attached = null;
          if (option.value != Value.NONE && at < word.length()) {
            attached = word.substring(word.charAt(at) == '=' ? at + 1 : at);
            at = word.length();
          }
          next = option.put(options, attached, words, next);
        }
      } else {
        throw new IllegalArgumentException(word + ": not an option (expected: -...)");
      }
      if (options.keySet().iterator().next().kind != Kind.COMMAND) {
        throw new IllegalArgumentException(word + " (expected: " + commands() + " first)");
      }
    }
    return options;
  }

  /** Returns where the next option is. */
  private int put(
      Map<RuleOption, String> options, @Nullable String attached, List<String> words, int next) {
    if (kind == Kind.COMMAND && !options.isEmpty()) {
      throw new IllegalArgumentException(this + ": a second command (expected: one in a line)");
    }
    int after = next;
    String text = attached;
    if (value == Value.NONE) {
      if (attached != null) {
        throw new IllegalArgumentException(this + ": " + attached + " (expected: no value)");
      }
    } else if (attached == null
        && next < words.size()
        && (value == Value.NEEDED || !words.get(next).startsWith("-"))) {
      text = words.get(next);
      after = next + 1;
    }
    if (value == Value.NEEDED && text == null) {
      throw new IllegalArgumentException(this + ": nothing (expected: a value)");
    }
    if (options.put(this, text == null ? "" : text) != null) {
      throw new IllegalArgumentException(this + ": twice (expected: once)");
    }
    return after;
  }

  private static RuleOption ofWord(String written) {
    for (RuleOption option : values()) {
      if (written.equals("--" + option.word)) {
        return option;
      }
    }
    throw new IllegalArgumentException(written + ": unknown (expected: an option of a rule)");
  }

  private static RuleOption ofLetter(char letter) {
    for (RuleOption option : values()) {
      if (option.letter != null && option.letter == letter) {
        return option;
      }
    }
    throw new IllegalArgumentException("-" + letter + ": unknown (expected: an option of a rule)");
  }

  static String commands() {
    return "one of -A -E -D -a -e -d -C -Z";
  }
}

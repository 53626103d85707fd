package io.evenkeel.samples;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/** Rules for {@code ipvsadm --restore}, in which no service and no server comes twice. */
final class RandomRules {
  private static final List<String> SCHEDULERS = List.of("rr", "wrr", "wlc", "sh", "mh", "sed");
  private static final List<Integer> PORTS = List.of(21, 53, 80, 443, 5060, 8080);
  private static final List<String> TUNNELS =
      List.of(
          "",
          " --tun-type ipip",
          " --tun-type gre",
          " --tun-type gre --tun-csum",
          " --tun-type gue --tun-port 6080",
          " --tun-type gue --tun-port 6080 --tun-csum",
          " --tun-type gue --tun-port 6080 --tun-remcsum");

  private final Random random;
  private final List<String> rules = new ArrayList<>();
  private final Set<String> services = new LinkedHashSet<>();

  RandomRules(long seed) {
    random = new Random(seed);
    for (int i = random.nextInt(30); i > 0; i--) {
      service();
    }
  }

  List<String> rules() {
    return rules;
  }

  private void service() {
    boolean isIpv6 = random.nextInt(3) == 0;
    boolean isMark = random.nextInt(4) == 0;
    boolean isUdp = !isMark && random.nextBoolean();
    int port = port();
    String key =
        isMark
            ? "-f " + (1 + random.nextInt(Integer.MAX_VALUE >> random.nextInt(31)))
            : (isUdp ? "-u" : random.nextInt(4) == 0 ? "--sctp-service" : "-t")
                + " "
                + address(isIpv6)
                + ":"
                + port;
    if (isMark && isIpv6) {
      key += " -6";
    }
    if (!services.add(key)) {
      return;
    }
    String scheduler = SCHEDULERS.get(random.nextInt(SCHEDULERS.size()));
    String rule = "-A " + key + " -s " + scheduler;
    if ((!isMark && port == 0) || random.nextBoolean()) {
      rule += " -p " + (1 + random.nextInt(2_678_400));
      if (random.nextBoolean()) {
        int prefix = 1 + random.nextInt(isIpv6 ? 128 : 32);
        rule += " -M " + (isIpv6 ? Integer.toString(prefix) : netmask(prefix));
      }
      rule += isUdp && random.nextBoolean() ? " --pe sip" : "";
    }
    rule += (isUdp && random.nextInt(3) == 0) ? " -o" : "";
    rule += flags(scheduler);
    rules.add(rule);
    Set<String> servers = new LinkedHashSet<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      server(key, isMark, isIpv6, port, servers);
    }
  }

  private void server(
      String key, boolean isMark, boolean isIpv6, int servicePort, Set<String> servers) {
    int method = random.nextInt(3);
    boolean isTunnel = method == 1;
    int port = (method == 2 || isMark) ? port() : servicePort;
    boolean isOther = isTunnel && random.nextInt(3) == 0;
    String server = address(isOther != isIpv6) + ":" + port;
    if (!servers.add(server)) {
      return;
    }
    String rule = "-a " + key + " -r " + server + List.of(" -g", " -i", " -m").get(method);
    rule += " -w " + random.nextInt(Integer.MAX_VALUE >> random.nextInt(31));
    if (random.nextInt(3) == 0) {
      int upper = 1 + random.nextInt(Integer.MAX_VALUE >> random.nextInt(31));
      rule += " -x " + upper + " -y " + random.nextInt(upper);
    }
    rules.add(rule + (isTunnel ? TUNNELS.get(random.nextInt(TUNNELS.size())) : ""));
  }

  private String flags(String scheduler) {
    return switch (random.nextInt(4)) {
      case 0 -> "";
      case 1 -> " -b flag-1";
      case 2 -> " -b flag-1,flag-2";
      // With sh and mh ipvsadm loses the third.
      default -> scheduler.endsWith("h") ? " -b flag-2" : " -b flag-3";
    };
  }

  private int port() {
    return random.nextBoolean() ? PORTS.get(random.nextInt(PORTS.size())) : random.nextInt(65536);
  }

  private static String netmask(int prefix) {
    int mask = -1 << (32 - prefix);
    return "%d.%d.%d.%d".formatted(mask >>> 24, mask >>> 16 & 255, mask >>> 8 & 255, mask & 255);
  }

  /** Some of them have names, see {@link IpvsCommandLab}. */
  private String address(boolean isIpv6) {
    if (isIpv6) {
      return random.nextBoolean()
          ? "[fc00::" + Integer.toHexString(random.nextInt(9)) + "]"
          : String.format(
              Locale.ROOT,
              "[%x:%x:%x::%x:%x]",
              0x2000 + random.nextInt(0xd000),
              random.nextInt(2),
              random.nextInt(0x10000),
              random.nextInt(2),
              random.nextInt(0x10000));
    }
    return random.nextBoolean()
        ? "10.0.0." + random.nextInt(12)
        : (1 + random.nextInt(223)) + "." + random.nextInt(256) + ".0." + random.nextInt(256);
  }
}

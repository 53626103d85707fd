package io.evenkeel.kernel.ipvs;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The three flags of a service that mean what its scheduler says (IP_VS_SVC_F_SCHED1..3 in
 * linux/ip_vs.h): with sh and mh the first is fallback (a server of weight 0 or over its threshold
 * is passed over), the second port (the client's port is hashed, too).
 */
public enum SchedulerFlag {
  /** {@code flag-1}, {@code sh-fallback}, {@code mh-fallback}. */
  FIRST(0x08),
  /** {@code flag-2}, {@code sh-port}, {@code mh-port}. */
  SECOND(0x10),
  /** {@code flag-3}. */
  THIRD(0x20);

  /** By scheduler; in the order of the flags. */
  private static final Map<String, List<String>> NAMES =
      Map.of("sh", List.of("sh-fallback", "sh-port"), "mh", List.of("mh-fallback", "mh-port"));

  private final int bit;

  SchedulerFlag(int bit) {
    this.bit = bit;
  }

  int bit() {
    return bit;
  }

  /**
   * What {@code ipvsadm} calls some of them.
   *
   * @param flags none or more
   * @param scheduler whose flags they are; what is one of sh or mh has their name for it
   * @return the names, with commas between them
   */
  public static String names(Set<SchedulerFlag> flags, String scheduler) {
    List<String> own = NAMES.getOrDefault(scheduler, List.of());
    return flags.stream()
        .sorted()
        .map(flag -> flag.ordinal() < own.size() ? own.get(flag.ordinal()) : flag.general())
        .collect(Collectors.joining(","));
  }

  private String general() {
    return "flag-" + (ordinal() + 1);
  }

  static SchedulerFlag of(String name, String scheduler) {
    for (SchedulerFlag flag : values()) {
      if (name.equals(flag.general())
          || NAMES.getOrDefault(scheduler, List.of()).indexOf(name) == flag.ordinal()) {
        return flag;
      }
    }
    throw new IllegalArgumentException(
        "-b: "
            + name
            + " with "
            + scheduler
            + " (expected: flag-1, flag-2 or flag-3, or with sh and mh SCHEDULER-fallback or"
            + " SCHEDULER-port)");
  }
}

package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.ipvs.SchedulerFlag;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A scheduler of ours as the kernel calls it. Immutable.
 *
 * @param name of the kernel's module, without {@code ip_vs_}
 * @param flags of the service
 */
record KernelScheduler(String name, Set<SchedulerFlag> flags) {
  private static final Set<String> NAMES =
      Set.of(
          "rr", "wrr", "lc", "wlc", "sed", "nq", "fo", "ovf", "twos", "sh", "dh", "mh", "lblc",
          "lblcr");
  private static final Set<String> HASHES = Set.of("sh", "mh");

  /** The kernel has one list for all CPUs, so its sequence is exact anyway. */
  private static final Set<String> SEQUENCES = Set.of("rr", "wrr");

  /** Empty if the kernel has no such scheduler, or the scheduler no such flag. */
  static Optional<KernelScheduler> of(String described) {
    int colon = described.indexOf(':');
    String name = colon < 0 ? described : described.substring(0, colon);
    List<String> words =
        colon < 0 ? List.of() : Arrays.asList(described.substring(colon + 1).split(",", -1));
    Set<SchedulerFlag> flags = EnumSet.noneOf(SchedulerFlag.class);
    for (String word : words) {
      if (HASHES.contains(name) && word.equals(name + "-fallback")) {
        flags.add(SchedulerFlag.FIRST);
      } else if (HASHES.contains(name) && word.equals(name + "-port")) {
        flags.add(SchedulerFlag.SECOND);
      } else if (!SEQUENCES.contains(name) || !word.equals("exact")) {
        return Optional.empty();
      }
    }
    return NAMES.contains(name) ? Optional.of(new KernelScheduler(name, flags)) : Optional.empty();
  }

  /** Whether it looks up a table that is made of all destinations. */
  static boolean isHash(String described) {
    return of(described)
        .filter(s -> HASHES.contains(s.name()) || s.name().equals("dh"))
        .isPresent();
  }

  /**
   * Whether one of weight 0 still has places in its table, so that clients are refused there
   * (ip_vs_sh.c, ip_vs_dh.c; ip_vs_mh.c goes by the last weight that was not 0).
   */
  static boolean refusesAtWeight0(String name, Set<SchedulerFlag> flags) {
    return name.equals("dh") || (HASHES.contains(name) && !flags.contains(SchedulerFlag.FIRST));
  }
}

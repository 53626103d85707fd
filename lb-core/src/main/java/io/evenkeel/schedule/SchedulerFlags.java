package io.evenkeel.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * What stands behind the name of a scheduler: {@code mh-port,size=251}. Taken away as it is read.
 */
final class SchedulerFlags {
  private final List<String> left;

  SchedulerFlags(String text) {
    this.left = new ArrayList<>(Arrays.asList(text.split(",", -1)));
  }

  /** The flags of sh and mh. */
  Set<HashOption> hashOptions(String scheduler) {
    Set<HashOption> options = EnumSet.noneOf(HashOption.class);
    if (flag(scheduler + "-port")) {
      options.add(HashOption.PORT);
    }
    if (flag(scheduler + "-fallback")) {
      options.add(HashOption.FALLBACK);
    }
    return options;
  }

  /** Whether a flag is there. */
  boolean flag(String name) {
    return left.remove(name);
  }

  /** The number behind {@code key=}; what is not a valid one stays unread. */
  int number(String key, int otherwise, IntPredicate valid) {
    for (String flag : left) {
      if (flag.matches(key + "=[0-9]{1,9}")) {
        int number = Integer.parseInt(flag.substring(key.length() + 1));
        if (valid.test(number)) {
          left.remove(flag);
          return number;
        }
      }
    }
    return otherwise;
  }

  /** The scheduler, unless there is a flag that nobody read. */
  Optional<Scheduler> complete(Scheduler scheduler) {
    return left.isEmpty() ? Optional.of(scheduler) : Optional.empty();
  }
}

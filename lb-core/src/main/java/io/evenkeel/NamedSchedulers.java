package io.evenkeel;

import io.evenkeel.model.SlowStart;
import io.evenkeel.model.VirtualService;
import io.evenkeel.schedule.Scheduler;
import io.evenkeel.schedule.Schedulers;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What services' schedulers are called. Used on the control thread. */
final class NamedSchedulers {
  /** Those of {@link Schedulers} for which an address decides: a coin would move it to and fro. */
  private static final Set<String> BY_ADDRESS =
      Set.of("sh", "dh", "mh", "ring", "rendezvous", "maglev", "lblc", "lblcr");

  private final Map<String, Scheduler> known;

  NamedSchedulers(Map<String, Scheduler> known) {
    this.known = new HashMap<>(known);
  }

  /** What speaks against a service's scheduler. */
  Optional<String> problem(VirtualService service) {
    return find(service.scheduler()) != null
        ? Optional.empty()
        : Optional.of(
            "scheduler: "
                + service.scheduler()
                + " (expected: one of "
                + String.join(", ", new TreeSet<>(known.keySet()))
                + ")");
  }

  /**
   * The scheduler of a service; the same as before as long as its description is, so that its
   * position can be taken over.
   */
  Scheduler of(VirtualService service, @Nullable ServiceCell before) {
    SlowStart slowStart = service.slowStart();
    if (before != null) {
      VirtualService described = before.now().service();
      if (described.scheduler().equals(service.scheduler())
          && (slowStart == null
              ? described.slowStart() == null
              : slowStart.equals(described.slowStart()))) {
        return before.now().scheduler();
      }
    }
    Scheduler scheduler = find(service.scheduler());
    if (scheduler == null) {
      throw new IllegalStateException("not validated: " + service.scheduler());
    }
    if (slowStart == null) {
      return scheduler;
    }
    return Schedulers.slowStart(
        scheduler, goesByAddress(service.scheduler()) ? slowStart.byClient() : slowStart);
  }

  private @Nullable Scheduler find(String name) {
    Scheduler scheduler = known.get(name);
    return scheduler != null ? scheduler : Schedulers.named(name).orElse(null);
  }

  private static boolean goesByAddress(String name) {
    int colon = name.indexOf(':');
    return BY_ADDRESS.contains(colon < 0 ? name : name.substring(0, colon));
  }
}

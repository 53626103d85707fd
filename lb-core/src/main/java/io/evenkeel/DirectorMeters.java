package io.evenkeel;

import io.evenkeel.health.ServerState;
import io.evenkeel.persistence.Templates;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Outcome;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The meters of what exists now; they come and go with it. Used on the control thread. */
final class DirectorMeters {
  private final MeterRegistry registry;
  private final Map<Object, Owned> owned = new HashMap<>();

  /** The meters of one owner, and what they read beside it. */
  private record Owned(@Nullable Object source, List<Meter> meters) {}

  DirectorMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void add(ServiceCell cell) {
    if (owned.containsKey(cell)) {
      return;
    }
    Tags tags = Tags.of("service", cell.dispatcher().service().toString());
    List<Meter> all =
        List.of(
            counter(
                "evenkeel.refused",
                "Connections for which there was no server",
                tags,
                cell.dispatcher(),
                Dispatcher::refused),
            gauge(
                "evenkeel.service.weight",
                "Sum of the live servers' weights",
                tags,
                cell,
                c -> c.now().rotation().liveWeight()),
            gauge(
                "evenkeel.service.quorum",
                "1 if the live servers weigh enough, else 0",
                tags,
                cell,
                c -> c.now().rotation().quorum() ? 1 : 0),
            gauge(
                "evenkeel.service.panic",
                "1 if connections go to all servers for want of live ones, else 0",
                tags,
                cell,
                c -> c.now().rotation().panic() ? 1 : 0));
    owned.put(cell, new Owned(null, all));
  }

  void add(ServiceCell cell, Templates templates) {
    if (owned.containsKey(templates)) {
      return;
    }
    Tags tags = Tags.of("service", cell.dispatcher().service().toString());
    String lookups = "Connections of a persistent service, by whether the client had a server";
    List<Meter> all = new ArrayList<>();
    all.add(
        counter(
            "evenkeel.templates.lookups",
            lookups,
            tags.and("result", "hit"),
            templates,
            Templates::hits));
    all.add(
        counter(
            "evenkeel.templates.lookups",
            lookups,
            tags.and("result", "miss"),
            templates,
            Templates::misses));
    all.add(
        counter(
            "evenkeel.templates.evicted",
            "Templates forgotten because there were too many",
            tags,
            templates,
            Templates::evictions));
    for (Acceptance result : Acceptance.values()) {
      if (result != Acceptance.UNKNOWN_SERVICE && result != Acceptance.NOT_PERSISTENT) {
        all.add(
            counter(
                "evenkeel.templates.received",
                "Templates that another node or a file told of, by what became of them",
                tags.and("result", result.toString()),
                cell,
                c -> c.received(result)));
      }
    }
    owned.put(templates, new Owned(null, all));
  }

  void add(Follower follower) {
    Destination cell = follower.destination();
    Owned before = owned.get(cell);
    if (before != null && follower.monitors().equals(before.source)) {
      return;
    }
    remove(cell);
    Tags tags = Tags.of("service", cell.service().toString(), "server", cell.endpoint().toString());
    List<Meter> all = new ArrayList<>();
    all.add(
        counter(
            "evenkeel.connections", "Connections assigned", tags, cell, Destination::connections));
    all.add(gauge("evenkeel.connections.active", "Established", tags, cell, Destination::active));
    all.add(
        gauge(
            "evenkeel.connections.inactive",
            "Being set up or closed",
            tags,
            cell,
            Destination::inactive));
    all.add(
        gauge(
            "evenkeel.templates",
            "Persistence templates that lead there",
            tags,
            cell,
            Destination::templates));
    all.add(
        counter(
            "evenkeel.bytes",
            "Bytes carried",
            tags.and("direction", "in"),
            cell,
            Destination::bytesFromClient));
    all.add(
        counter(
            "evenkeel.bytes",
            "Bytes carried",
            tags.and("direction", "out"),
            cell,
            Destination::bytesToClient));
    for (Outcome outcome : Outcome.values()) {
      all.add(
          counter(
              "evenkeel.released",
              "Connections ended",
              tags.and("outcome", outcome.toString()),
              cell,
              c -> c.released(outcome)));
    }
    all.add(
        counter(
            "evenkeel.released.twice",
            "Releases of what was released already",
            tags,
            cell,
            Destination::doubleReleases));
    all.add(
        FunctionTimer.builder(
                "evenkeel.connect.time",
                cell,
                Destination::connects,
                Destination::connectNanos,
                TimeUnit.NANOSECONDS)
            .description("From the choice of a server until the connection to it is established")
            .tags(tags)
            .register(registry));
    for (ServerState state : ServerState.values()) {
      all.add(
          gauge(
              "evenkeel.server.state",
              "1 for the state that the server is in, 0 for the others",
              tags.and("state", state.toString()),
              follower,
              f -> f.health().state() == state ? 1 : 0));
    }
    all.add(
        gauge(
            "evenkeel.server.ejected",
            "1 if it is ejected for how connections to it went, else 0",
            tags,
            follower,
            f -> f.health().ejected() ? 1 : 0));
    all.add(
        counter(
            "evenkeel.checks",
            "Check results",
            tags.and("result", "pass"),
            follower,
            Follower::passed));
    all.add(
        counter(
            "evenkeel.checks",
            "Check results",
            tags.and("result", "fail"),
            follower,
            Follower::failed));
    owned.put(cell, new Owned(follower.monitors(), all));
  }

  void keepOnly(Set<Object> owners) {
    List.copyOf(owned.keySet()).stream()
        .filter(owner -> !owners.contains(owner))
        .forEach(this::remove);
  }

  private void remove(Object owner) {
    Owned gone = owned.remove(owner);
    if (gone != null) {
      gone.meters.forEach(registry::remove);
    }
  }

  private <T> FunctionCounter counter(
      String name, String description, Tags tags, T owner, ToDoubleFunction<T> value) {
    return FunctionCounter.builder(name, owner, value)
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private <T> Gauge gauge(
      String name, String description, Tags tags, T owner, ToDoubleFunction<T> value) {
    return Gauge.builder(name, owner, value).description(description).tags(tags).register(registry);
  }
}

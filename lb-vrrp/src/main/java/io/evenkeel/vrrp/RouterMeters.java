package io.evenkeel.vrrp;

import io.evenkeel.vrrp.protocol.Cause;
import io.evenkeel.vrrp.protocol.Phase;
import io.evenkeel.vrrp.protocol.Rejection;
import io.evenkeel.vrrp.protocol.Sight;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The meters of one router; they come with it, and go with it. Bound once. */
final class RouterMeters implements MeterBinder, AutoCloseable {
  private final Tags tags;
  private final Counters counters;
  private final List<Meter> meters = new ArrayList<>();

  /** Null until it is bound. */
  private @Nullable MeterRegistry registry;

  RouterMeters(String router, Counters counters) {
    this.tags = Tags.of("router", router);
    this.counters = counters;
  }

  @Override
  public void bindTo(MeterRegistry to) {
    registry = to;
    for (Phase phase : Phase.values()) {
      gauge(
          to,
          "evenkeel.vrrp.state",
          "1 for the state that the router is in, 0 for the others",
          tags.and("state", word(phase)),
          c -> c.phase() == phase ? 1 : 0);
    }
    gauge(to, "evenkeel.vrrp.priority", "Effective priority", tags, Counters::priority);
    for (Cause cause : Cause.values()) {
      counter(
          to,
          "evenkeel.vrrp.transitions",
          "Changes of state, by what caused them",
          tags.and("cause", word(cause)),
          c -> c.count(cause));
    }
    String adverts = "Advertisements, received ones if they are valid";
    Tags in = tags.and("direction", "in");
    counter(to, "evenkeel.vrrp.adverts", adverts, in, Counters::receivedCount);
    Tags out = tags.and("direction", "out");
    counter(to, "evenkeel.vrrp.adverts", adverts, out, Counters::sentCount);
    counter(
        to,
        "evenkeel.vrrp.send.failed",
        "Advertisements that could not be sent to all",
        tags,
        Counters::sendsFailedCount);
    String mismatches = "Valid advertisements that are not as this router's own";
    Tags addresses = tags.and("of", "addresses");
    counter(to, "evenkeel.vrrp.mismatches", mismatches, addresses, Counters::otherAddressesCount);
    Tags interval = tags.and("of", "interval");
    counter(to, "evenkeel.vrrp.mismatches", mismatches, interval, Counters::otherIntervalCount);
    Tags checksum = tags.and("of", "checksum");
    counter(to, "evenkeel.vrrp.mismatches", mismatches, checksum, Counters::mixedFormsCount);
    for (Rejection why : Rejection.values()) {
      counter(
          to,
          "evenkeel.vrrp.rejected",
          "Packets that were not taken, by what was wrong with them",
          tags.and("reason", word(why)),
          c -> c.count(why));
    }
    for (Sight what : Sight.values()) {
      counter(
          to,
          "evenkeel.vrrp.sights",
          "What the router noticed without changing its state",
          tags.and("kind", word(what)),
          c -> c.count(what));
    }
    lateness(to);
  }

  private void lateness(MeterRegistry to) {
    meters.add(
        FunctionTimer.builder(
                "evenkeel.vrrp.lateness",
                counters,
                Counters::timers,
                Counters::lateNanos,
                TimeUnit.NANOSECONDS)
            .description("From when something was due until it was done")
            .tags(tags)
            .register(to));
    meters.add(
        TimeGauge.builder(
                "evenkeel.vrrp.lateness.max", counters, TimeUnit.NANOSECONDS, Counters::latestNanos)
            .description("The longest since the router was started")
            .tags(tags)
            .register(to));
    for (int i = 0; i < Counters.LATE.size(); i++) {
      int place = i;
      counter(
          to,
          "evenkeel.vrrp.late",
          "How often something was done later than that",
          tags.and("over", Counters.LATE.get(i).toMillis() + "ms"),
          c -> c.lateCount(place));
    }
  }

  /** Takes them away. */
  @Override
  public void close() {
    MeterRegistry from = registry;
    if (from != null) {
      meters.forEach(from::remove);
      meters.clear();
    }
  }

  private void counter(
      MeterRegistry to,
      String name,
      String description,
      Tags tagged,
      ToDoubleFunction<Counters> value) {
    meters.add(
        FunctionCounter.builder(name, counters, value)
            .description(description)
            .tags(tagged)
            .register(to));
  }

  private void gauge(
      MeterRegistry to,
      String name,
      String description,
      Tags tagged,
      ToDoubleFunction<Counters> value) {
    meters.add(
        Gauge.builder(name, counters, value).description(description).tags(tagged).register(to));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}

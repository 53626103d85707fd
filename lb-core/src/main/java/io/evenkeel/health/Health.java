package io.evenkeel.health;

import io.evenkeel.model.CheckSpec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The health of one server at one moment, and how events change it. Immutable.
 *
 * <pre>
 *            fall failures in a row
 *   UP ────────────────────────────────► DOWN
 *   │ ▲                                  ▲ │
 *   │ │ rise successes in a row          │ │
 *   │ ├──────────────────────────────────┼─┘
 *   │ │                                  │
 *   │ └── rise successes, or retry due ──┤ fall failures in a row
 *   └──── a connection failed ────► SUSPECT
 * </pre>
 *
 * @param state what is held of the server
 * @param streak results in a row that speak against {@code state}: failures while up, successes
 *     while down; while suspect, successes if positive, failures if negative
 * @param reason why the state is what it is, in words
 * @param sinceNanos monotonic time of the last change of state
 */
public record Health(ServerState state, int streak, String reason, long sinceNanos) {
  private static final String NOT_CHECKED = "not checked yet";

  /** How long a server without a check is left alone after a failed connection. */
  public static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  /**
   * A server of which nothing is known yet is taken to be up, as keepalived does.
   *
   * @param nowNanos monotonic time
   * @return the first state
   */
  public static Health initial(long nowNanos) {
    return new Health(ServerState.UP, 0, NOT_CHECKED, nowNanos);
  }

  /**
   * What becomes of it.
   *
   * @param spec how the server is checked; null: it is not
   * @param event what happened
   * @param nowNanos monotonic time
   * @return the next state; the same object if nothing changes
   */
  public Health step(@Nullable CheckSpec spec, HealthEvent event, long nowNanos) {
    return switch (event.kind()) {
      case CHECK_PASSED -> spec == null ? this : passed(spec, event, nowNanos);
      case CHECK_FAILED -> spec == null ? this : failed(spec, event, nowNanos);
      case CONNECT_FAILED -> state == ServerState.UP ? suspect(event, nowNanos) : this;
      case RETRY_DUE ->
          spec == null && state == ServerState.SUSPECT ? up(event.reason(), nowNanos) : this;
    };
  }

  /**
   * How long to wait from now, the end of one check, to the start of the next.
   *
   * @param spec how the server is checked
   * @return its interval, or its retry interval while a verdict is being formed
   */
  public Duration nextCheckAfter(CheckSpec spec) {
    return state == ServerState.SUSPECT || streak != 0 ? spec.retryInterval() : spec.interval();
  }

  private Health passed(CheckSpec spec, HealthEvent event, long nowNanos) {
    if (state == ServerState.UP) {
      if (reason.equals(NOT_CHECKED)) {
        return new Health(state, 0, spec.probe().name() + ": " + event.reason(), sinceNanos);
      }
      return streak == 0 ? this : new Health(state, 0, reason, sinceNanos);
    }
    int successes = Math.max(streak, 0) + 1;
    return successes >= spec.rise()
        ? up(counted(spec, event, successes, spec.rise()), nowNanos)
        : new Health(state, successes, reason, sinceNanos);
  }

  private Health failed(CheckSpec spec, HealthEvent event, long nowNanos) {
    if (state == ServerState.DOWN) {
      return streak == 0 ? this : new Health(state, 0, reason, sinceNanos);
    }
    int failures = (state == ServerState.UP ? streak : Math.max(-streak, 0)) + 1;
    if (failures >= spec.fall()) {
      return new Health(ServerState.DOWN, 0, counted(spec, event, failures, spec.fall()), nowNanos);
    }
    return new Health(state, state == ServerState.UP ? failures : -failures, reason, sinceNanos);
  }

  private static Health up(String reason, long nowNanos) {
    return new Health(ServerState.UP, 0, reason, nowNanos);
  }

  /** Failures that were seen already count on. */
  private Health suspect(HealthEvent event, long nowNanos) {
    return new Health(ServerState.SUSPECT, -streak, event.reason(), nowNanos);
  }

  private static String counted(CheckSpec spec, HealthEvent event, int count, int of) {
    return spec.probe().name() + ": " + event.reason() + ", " + count + " of " + of;
  }
}

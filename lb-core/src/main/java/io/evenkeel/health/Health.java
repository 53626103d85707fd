package io.evenkeel.health;

import io.evenkeel.model.AdminState;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.FlapDamping;
import io.evenkeel.model.InitialState;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one check makes of one server at one moment, and how events change it. Immutable.
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
 * @param proven whether a result has borne the state out, or there is no check that could
 * @param weight what its check said last of its weight; null: nothing
 * @param admin whether it wants to work, as its check said last
 * @param penalty for going down, as it was at {@code penaltyNanos}; see {@link FlapDamping}
 * @param penaltyNanos monotonic time when it went down last
 */
public record Health(
    ServerState state,
    int streak,
    String reason,
    long sinceNanos,
    boolean proven,
    @Nullable DynamicWeight weight,
    AdminState admin,
    double penalty,
    long penaltyNanos) {
  private static final String NOT_CHECKED = "not checked yet";

  /**
   * How long a server is left alone after a failed connection, unless its check passes before, or
   * has failed.
   */
  public static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  /**
   * What is held of a server of which nothing is known yet.
   *
   * @param spec how it is checked; null: it is not, and is taken to be up
   * @param nowNanos monotonic time
   * @return the first state
   */
  public static Health initial(@Nullable CheckSpec spec, long nowNanos) {
    ServerState state =
        spec == null || spec.initial() == InitialState.UP ? ServerState.UP : ServerState.DOWN;
    return new Health(
        state, 0, NOT_CHECKED, nowNanos, spec == null, null, AdminState.READY, 0, nowNanos);
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
      case CHECK_PASSED -> spec == null ? this : heard(event).passed(spec, event, nowNanos);
      case CHECK_FAILED -> spec == null ? this : heard(event).failed(spec, event, nowNanos);
      case CONNECT_FAILED -> state == ServerState.UP ? suspect(event, nowNanos) : this;
      case RETRY_DUE ->
          state == ServerState.SUSPECT && streak >= 0
              ? become(ServerState.UP, event.reason(), nowNanos)
              : this;
    };
  }

  /**
   * Whether results speak against the state, so that the next one is awaited.
   *
   * @return true while a verdict is being formed
   */
  public boolean isDoubtful() {
    return state == ServerState.SUSPECT || streak != 0;
  }

  /**
   * How long to wait from the start of one check to the start of the next.
   *
   * @param spec how the server is checked
   * @return its interval, or its retry interval while a verdict is being formed
   */
  public Duration nextCheckAfter(CheckSpec spec) {
    if (isDoubtful()) {
      return spec.timing().retryInterval();
    }
    return state == ServerState.UP ? spec.timing().interval() : spec.timing().downInterval();
  }

  /**
   * Whether something that others go by has changed: the state, the weight, or the will to work.
   *
   * @param before what it was
   * @return true if one of them differs
   */
  public boolean differs(Health before) {
    return state != before.state || admin != before.admin || !Objects.equals(weight, before.weight);
  }

  /**
   * The verdict alone, for another check to begin with.
   *
   * @return without what this check said of weight and will to work
   */
  public Health verdict() {
    return new Health(
        state, 0, reason, sinceNanos, proven, null, AdminState.READY, penalty, penaltyNanos);
  }

  private Health passed(CheckSpec spec, HealthEvent event, long nowNanos) {
    if (state == ServerState.UP) {
      return proven && isSaid(spec, event) ? count(0) : prove(spec, event);
    }
    int needed = !proven && spec.initial() == InitialState.ALPHA ? 1 : spec.rise();
    int successes = Math.max(streak, 0) + 1;
    if (successes < needed) {
      return count(successes);
    }
    return state == ServerState.DOWN && isSuppressed(spec.damping(), nowNanos)
        ? count(0)
        : become(ServerState.UP, counted(spec, event, successes, needed), nowNanos);
  }

  private Health failed(CheckSpec spec, HealthEvent event, long nowNanos) {
    if (state == ServerState.DOWN) {
      return proven ? count(0) : prove(spec, event);
    }
    int failures = (state == ServerState.UP ? streak : Math.max(-streak, 0)) + 1;
    return failures >= spec.fall()
        ? down(spec, counted(spec, event, failures, spec.fall()), nowNanos)
        : count(state == ServerState.UP ? failures : -failures);
  }

  private Health down(CheckSpec spec, String why, long nowNanos) {
    FlapDamping damping = spec.damping();
    if (damping == null) {
      return become(ServerState.DOWN, why, nowNanos);
    }
    double total = penaltyAt(damping, nowNanos) + 1;
    String held = total < damping.suppress() ? "" : ", held down for going down too often";
    return new Health(
        ServerState.DOWN, 0, why + held, nowNanos, true, weight, admin, total, nowNanos);
  }

  private boolean isSuppressed(@Nullable FlapDamping damping, long nowNanos) {
    return damping != null
        && penalty >= damping.suppress()
        && nowNanos - penaltyNanos < damping.longest().toNanos()
        && penaltyAt(damping, nowNanos) >= damping.reuse();
  }

  private double penaltyAt(FlapDamping damping, long nowNanos) {
    double halfLives = (double) (nowNanos - penaltyNanos) / damping.halfLife().toNanos();
    return penalty * Math.pow(2, -halfLives);
  }

  private Health heard(HealthEvent event) {
    DynamicWeight nextWeight = event.weight() == null ? weight : event.weight();
    AdminState nextAdmin = event.admin() == null ? admin : event.admin();
    return Objects.equals(nextWeight, weight) && nextAdmin == admin
        ? this
        : new Health(
            state,
            streak,
            reason,
            sinceNanos,
            proven,
            nextWeight,
            nextAdmin,
            penalty,
            penaltyNanos);
  }

  /** Whether the reason is this one already: the time that a certificate has left changes. */
  private boolean isSaid(CheckSpec spec, HealthEvent event) {
    return reason.startsWith(spec.probe().name())
        && reason.startsWith(": " + event.reason(), spec.probe().name().length());
  }

  /** The first result bears out what was assumed, and a later one may know more. */
  private Health prove(CheckSpec spec, HealthEvent event) {
    return become(state, spec.probe().name() + ": " + event.reason(), sinceNanos);
  }

  private Health count(int next) {
    return next == streak
        ? this
        : new Health(state, next, reason, sinceNanos, proven, weight, admin, penalty, penaltyNanos);
  }

  private Health become(ServerState next, String why, long nowNanos) {
    return new Health(next, 0, why, nowNanos, true, weight, admin, penalty, penaltyNanos);
  }

  /** Failures that were seen already count on. */
  private Health suspect(HealthEvent event, long nowNanos) {
    return new Health(
        ServerState.SUSPECT,
        -streak,
        event.reason(),
        nowNanos,
        proven,
        weight,
        admin,
        penalty,
        penaltyNanos);
  }

  private static String counted(CheckSpec spec, HealthEvent event, int count, int of) {
    return spec.probe().name() + ": " + event.reason() + " after " + count + " of " + of;
  }
}

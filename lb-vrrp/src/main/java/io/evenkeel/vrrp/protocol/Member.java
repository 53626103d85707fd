package io.evenkeel.vrrp.protocol;

import io.evenkeel.vrrp.protocol.GroupAction.Advertise;
import io.evenkeel.vrrp.protocol.GroupAction.Announce;
import io.evenkeel.vrrp.protocol.GroupAction.Saw;
import io.evenkeel.vrrp.protocol.GroupEvent.Heard;
import io.evenkeel.vrrp.protocol.RouterState.Conflict;
import io.evenkeel.vrrp.protocol.RouterState.HeardMaster;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One member while a {@link Turn} is made: {@link RouterState}, and what follows from it. Not
 * thread-safe.
 */
final class Member {
  /** What an owner that gives way to another owner says; the highest that is no owner's. */
  private static final int NO_OWNER = Advertisement.OWNER - 1;

  /** After how many missing advertisements others take over, unless they are told otherwise. */
  private static final int USUAL_DOWN_TIMER_ADVERTS = 3;

  final int index;
  private final long nowNanos;
  private final List<GroupAction> actions;
  final RouterConfig config;
  int priority;
  InetAddress primary;
  boolean isFaulty;
  @Nullable HeardMaster heard;
  long intervalNanos;
  long timerNanos;
  long earliestNanos;
  boolean isWilling;
  @Nullable Long preemptNanos;
  @Nullable Conflict conflict;
  @Nullable Long announceNanos;
  @Nullable InetAddress preempted;

  Member(
      int index, RouterConfig config, RouterState state, long nowNanos, List<GroupAction> actions) {
    this.index = index;
    this.config = config;
    this.nowNanos = nowNanos;
    this.actions = actions;
    priority = state.priority();
    primary = state.primary();
    isFaulty = state.isFaulty();
    heard = state.heard();
    intervalNanos = state.intervalNanos();
    timerNanos = state.timerNanos();
    earliestNanos = state.earliestNanos();
    isWilling = state.isWilling();
    preemptNanos = state.preemptNanos();
    conflict = state.conflict();
    announceNanos = state.announceNanos();
    preempted = state.preempted();
  }

  RouterState state(Phase phase) {
    return new RouterState(
        phase,
        priority,
        primary,
        isFaulty,
        heard,
        intervalNanos,
        timerNanos,
        earliestNanos,
        isWilling,
        preemptNanos,
        conflict,
        announceNanos,
        preempted);
  }

  /** RFC 9568, 6.1; RFC 3768, 6.1. Multiplied before it is divided: it may be below 1 ms. */
  private long skewNanos(int priority) {
    long unitNanos = config.version() == Version.V2 ? WireConfig.SECOND_NANOS : intervalNanos;
    return (256 - priority) * unitNanos / 256;
  }

  long skewNanos() {
    return skewNanos(priority);
  }

  long downNanos() {
    return config.downTimerAdverts() * intervalNanos + skewNanos();
  }

  /** As keepalived waits for a {@code state MASTER}: an interval, and the shortest skew time. */
  long firstWaitNanos() {
    return intervalNanos + skewNanos(Advertisement.OWNER);
  }

  /**
   * Whether a master has been silent for so long that the backup of the highest priority may have
   * taken over. The others do not tell how patient they are.
   */
  boolean isSilent() {
    long sentNanos = timerNanos - intervalNanos;
    int adverts = Math.min(USUAL_DOWN_TIMER_ADVERTS, config.downTimerAdverts());
    return nowNanos - sentNanos >= adverts * intervalNanos + skewNanos(NO_OWNER);
  }

  boolean isOwner() {
    return config.priority() == Advertisement.OWNER;
  }

  /** Over two masters of the same priority the higher address decides (RFC 9568, 6.4.3). */
  boolean isAddressBelow(InetAddress other) {
    return Arrays.compareUnsigned(primary.getAddress(), other.getAddress()) < 0;
  }

  /** Whether it would be the one that stays, of two masters. */
  boolean beatsHeard() {
    return heard == null
        || heard.priority() < priority
        || (heard.priority() == priority && !isAddressBelow(heard.address()));
  }

  void remember(Heard advert) {
    heard = new HeardMaster(advert.source(), advert.priority(), advert.intervalNanos(), nowNanos);
  }

  /** Whether the master that it heard last was alive less than an interval ago. */
  boolean hearsMaster() {
    return heard != null
        && heard.priority() != Advertisement.RESIGNED
        && nowNanos - heard.atNanos() <= heard.intervalNanos();
  }

  /** Whether the master that it has heard last is not lower. */
  boolean isFollower() {
    return heard != null
        && heard.priority() != Advertisement.RESIGNED
        && heard.priority() >= priority;
  }

  /** Waits for the master that it has heard last. */
  void follow() {
    HeardMaster master = Objects.requireNonNull(heard);
    if (config.version() == Version.V3) {
      intervalNanos = master.intervalNanos();
    }
    timerNanos = master.atNanos() + downNanos();
    isWilling = false;
  }

  /** Forgets what it was, and is ready to begin anew. */
  void reset() {
    heard = null;
    intervalNanos = config.intervalNanos();
    isWilling = false;
    preemptNanos = null;
    conflict = null;
    announceNanos = null;
    preempted = null;
  }

  void ownAgain() {
    if (isOwner()) {
      priority = Advertisement.OWNER;
    }
  }

  /** What is due of a master. */
  void keep() {
    boolean isSilent = isSilent();
    if (isDue(timerNanos)) {
      preempted = null;
      long dueNanos = timerNanos + intervalNanos;
      advertise();
      // On time on the average, unless an interval was missed altogether.
      if (!isDue(dueNanos)) {
        timerNanos = dueNanos;
      }
    }
    boolean isConflictOver = conflict != null && isDue(conflict.overNanos());
    if (isSilent) {
      announceTwice();
    } else if (announceNanos != null && isDue(announceNanos)) {
      announce();
      announceLater(config.announceEveryNanos());
    } else if (isConflictOver) {
      announce();
    }
    if (isConflictOver) {
      conflict = null;
    }
  }

  /**
   * Another master.
   *
   * @return why this one yields to it; null: it does not
   */
  @Nullable Cause hearAsMaster(Heard advert, boolean mayPreempt) {
    remember(advert);
    boolean isSilent = isSilent();
    if (advert.priority() == Advertisement.RESIGNED) {
      see(Sight.RESIGNED, advert.source());
      if (!isSilent) {
        advertise();
        // It had the addresses until now.
        if (!isPartingWord(advert)) {
          announce();
        }
      }
      return null;
    }
    if (advert.priority() == Advertisement.OWNER && isOwner()) {
      return hearOwnerAsOwner(advert, isSilent);
    }
    if (advert.priority() > priority) {
      return Cause.HIGHER_PRIORITY;
    }
    if (advert.priority() == priority && isAddressBelow(advert.source())) {
      return Cause.HIGHER_ADDRESS;
    }
    if (isSilent && !mayPreempt) {
      return Cause.STALLED;
    }
    // The tick that is due sends it; before that the other may turn out to be gone.
    if (!isSilent && config.answersLower()) {
      advertise();
    }
    if (isPartingWord(advert)) {
      return null;
    }
    see(Sight.LOWER_PRIORITY, advert.source());
    if (!isSilent && conflict == null) {
      announce();
    }
    long overNanos = nowNanos + patienceNanos(advert.intervalNanos());
    conflict = new Conflict(overNanos, overNanos);
    return null;
  }

  /** Whether it comes from a master whose place was taken just now; a second one is none. */
  private boolean isPartingWord(Heard advert) {
    boolean isFirst = advert.source().equals(preempted);
    preempted = null;
    return isFirst;
  }

  /** As keepalived settles it: the lower address gives way, and the higher one if it does not. */
  private @Nullable Cause hearOwnerAsOwner(Heard advert, boolean isSilent) {
    see(Sight.TWO_OWNERS, advert.source());
    long overNanos =
        nowNanos + patienceNanos(Math.max(advert.intervalNanos(), config.intervalNanos()));
    if (isAddressBelow(advert.source()) || (conflict != null && isDue(conflict.yieldsNanos()))) {
      priority = NO_OWNER;
      return Cause.HIGHER_PRIORITY;
    }
    if (conflict == null) {
      if (!isSilent) {
        advertise();
        advertise();
      }
      conflict = new Conflict(overNanos, overNanos);
    } else {
      conflict = new Conflict(conflict.yieldsNanos(), overNanos);
    }
    return null;
  }

  /** Who is still master says so within its interval. */
  private static long patienceNanos(long intervalNanos) {
    return intervalNanos + intervalNanos / 8;
  }

  /** Whether it waits before it preempts; begins to wait with the first advertisement. */
  boolean isPreemptDelayed() {
    if (isOwner() || config.preemptDelayNanos() == 0) {
      return false;
    }
    if (preemptNanos == null) {
      preemptNanos = nowNanos + config.preemptDelayNanos();
    }
    return !isDue(preemptNanos);
  }

  void advertise() {
    actions.add(new Advertise(index, priority));
    timerNanos = nowNanos + intervalNanos;
  }

  /** Now, and again a while later. */
  void announceTwice() {
    announce();
    announceLater(
        config.announceAgainNanos() > 0
            ? config.announceAgainNanos()
            : config.announceEveryNanos());
  }

  private void announce() {
    actions.add(new Announce(index));
  }

  private void announceLater(long waitNanos) {
    announceNanos = waitNanos > 0 ? nowNanos + waitNanos : null;
  }

  void see(Sight sight, InetAddress source) {
    actions.add(new Saw(index, sight, source));
  }

  private boolean isDue(long atNanos) {
    return nowNanos - atNanos >= 0;
  }
}

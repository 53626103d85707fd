package io.evenkeel.vrrp;

import io.evenkeel.kernel.net.Capability;
import io.evenkeel.kernel.net.Network;
import io.evenkeel.kernel.net.Poller;
import io.evenkeel.vrrp.protocol.Advertisement;
import io.evenkeel.vrrp.protocol.Group;
import io.evenkeel.vrrp.protocol.GroupAction;
import io.evenkeel.vrrp.protocol.GroupAction.Advertise;
import io.evenkeel.vrrp.protocol.GroupAction.Announce;
import io.evenkeel.vrrp.protocol.GroupAction.Ask;
import io.evenkeel.vrrp.protocol.GroupAction.Changed;
import io.evenkeel.vrrp.protocol.GroupAction.Drop;
import io.evenkeel.vrrp.protocol.GroupAction.Release;
import io.evenkeel.vrrp.protocol.GroupAction.Saw;
import io.evenkeel.vrrp.protocol.GroupAction.Take;
import io.evenkeel.vrrp.protocol.GroupConfig;
import io.evenkeel.vrrp.protocol.GroupEvent;
import io.evenkeel.vrrp.protocol.GroupEvent.Granted;
import io.evenkeel.vrrp.protocol.GroupEvent.Heard;
import io.evenkeel.vrrp.protocol.GroupEvent.Start;
import io.evenkeel.vrrp.protocol.GroupEvent.Stop;
import io.evenkeel.vrrp.protocol.GroupEvent.Tick;
import io.evenkeel.vrrp.protocol.GroupState;
import io.evenkeel.vrrp.protocol.GroupStep;
import io.evenkeel.vrrp.protocol.Phase;
import io.evenkeel.vrrp.track.Reachability;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Routers that move together, while they run: events in, actions out. Of the timing thread. */
final class LiveGroup {
  private final String name;
  private final RouterListeners listeners;
  private final TimingThread timing;
  private final GroupConfig config;
  private final @Nullable GateCalls gate;
  private final List<LiveRouter> members = new ArrayList<>();
  private final Deque<GroupEvent> waiting = new ArrayDeque<>();
  private GroupState state;
  private long nowNanos = System.nanoTime();
  private boolean isHandling;
  private @Nullable Wish wish;

  /**
   * A switch-over that was asked for.
   *
   * @param phase that the group is to have
   */
  private record Wish(Phase phase, CompletableFuture<Void> done, long untilNanos) {}

  private LiveGroup(
      String name,
      TimingThread timing,
      GroupConfig config,
      GroupSettings settings,
      RouterListeners listeners) {
    this.name = name;
    this.listeners = listeners;
    this.timing = timing;
    this.config = config;
    ExclusiveGate exclusive = settings.gate();
    gate = exclusive == null ? null : new GateCalls(name, exclusive, settings.gateTimeout(), this);
    state =
        Group.initial(config, config.routers().stream().map(any -> LiveRouter.NO_ADDRESS).toList());
  }

  /** The longest of their gates of reachability. */
  private static long takeDelayNanos(List<Board> routers) {
    return routers.stream()
        .flatMap(router -> router.settings().trackers().stream())
        .filter(tracker -> tracker instanceof Reachability)
        .mapToLong(tracker -> ((Reachability) tracker).takeTime().toNanos())
        .max()
        .orElse(0);
  }

  /** Opens what they need, and leaves nothing open if that fails. */
  static LiveGroup start(
      String name, List<Board> routers, GroupSettings settings, RouterListeners listeners)
      throws IOException {
    String missing =
        Network.missingCapabilities(EnumSet.of(Capability.CAP_NET_ADMIN, Capability.CAP_NET_RAW));
    if (missing != null) {
      throw new IOException(missing);
    }
    GroupConfig config =
        new GroupConfig(
            routers.stream().map(router -> router.settings().config()).toList(),
            settings.startDelay().toNanos(),
            takeDelayNanos(routers),
            settings.gate() != null);
    TimingThread timing = TimingThread.acquire();
    LiveGroup group = new LiveGroup(name, timing, config, settings, listeners);
    try {
      for (Board router : routers) {
        group.members.add(LiveRouter.open(router, group, group.members.size(), timing));
      }
      timing.call(group::begin);
      return group;
    } catch (IOException | RuntimeException | Error e) {
      timing.call(group::end);
      group.release();
      throw e;
    }
  }

  private GroupState begin() {
    timing.add(this);
    members.forEach(LiveRouter::begin);
    return handle(new Start());
  }

  private GroupState end() {
    timing.remove(this);
    members.forEach(LiveRouter::end);
    fail(new IllegalStateException(name + " was stopped"));
    return state;
  }

  private void release() {
    members.forEach(LiveRouter::close);
    if (gate != null) {
      gate.await();
    }
    TimingThread.release();
  }

  void close() {
    timing.call(
        () -> {
          handle(new Stop());
          return end();
        });
    release();
    members.forEach(LiveRouter::awaitListeners);
    listeners.await();
  }

  Poller poller() {
    return timing.poller();
  }

  void priorityChanged() {
    post(() -> members.forEach(LiveRouter::reckon));
  }

  CompletableFuture<Void> handOver() {
    return wish(Phase.BACKUP, new GroupEvent.HandOver());
  }

  CompletableFuture<Void> reclaim() {
    return wish(Phase.MASTER, new GroupEvent.Reclaim());
  }

  private CompletableFuture<Void> wish(Phase phase, GroupEvent event) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    post(
        () -> {
          fail(new IllegalStateException("another switch-over was asked for"));
          boolean isMaster = phaseOf(0) == Phase.MASTER;
          if (phase == Phase.MASTER ? isMaster : !isMaster) {
            end(
                done,
                isMaster
                    ? null
                    : new IllegalStateException(name + ": " + phaseOf(0) + " (expected: MASTER)"));
            return;
          }
          long patience = 0;
          for (LiveRouter member : members) {
            patience = Math.max(patience, member.othersNanos());
          }
          wish = new Wish(phase, done, System.nanoTime() + patience);
          handle(event);
        });
    return done;
  }

  /** Does something on the timing thread. */
  void post(Runnable task) {
    timing.execute(task);
  }

  boolean isInConflict(int member) {
    return state.members().get(member).conflict() != null;
  }

  Phase phaseOf(int member) {
    return state.members().get(member).phase();
  }

  /** When it is to be called at the latest. */
  long nextNanos(long nowNanos) {
    OptionalLong due = Group.nextNanos(config, state);
    long next = due.isPresent() ? due.getAsLong() : nowNanos + Long.MAX_VALUE / 2;
    if (wish != null && wish.untilNanos() - next < 0) {
      next = wish.untilNanos();
    }
    if (gate != null) {
      next = gate.nextNanos(next);
    }
    for (LiveRouter member : members) {
      next = member.nextNanos(next);
    }
    return next;
  }

  /** Puts the addresses of a master there again. */
  void restore(int member) {
    // Else the kernel has taken them away because the gate's time is nearly over.
    if (Port.isLongEnough(lifetime())) {
      members.get(member).take(lifetime());
      members.get(member).announce();
    }
  }

  void receive() {
    members.forEach(LiveRouter::receive);
  }

  void tick(long nowNanos) {
    OptionalLong due = Group.nextNanos(config, state);
    if (due.isPresent() && due.getAsLong() - nowNanos <= 0) {
      long lateNanos = nowNanos - due.getAsLong();
      members.forEach(member -> member.late(lateNanos));
      handle(new Tick(), nowNanos);
    }
    if (gate != null) {
      gate.tick(nowNanos);
    }
    members.forEach(member -> member.tick(nowNanos));
    if (wish != null && wish.untilNanos() - nowNanos <= 0) {
      fail(new TimeoutException(name + ": " + phaseOf(0) + " (expected: " + wish.phase() + ")"));
    }
  }

  /** What an event leads to; what that leads to comes after it. */
  GroupState handle(GroupEvent event) {
    return handle(event, System.nanoTime());
  }

  private GroupState handle(GroupEvent event, long atNanos) {
    waiting.add(event);
    if (isHandling) {
      return state;
    }
    isHandling = true;
    try {
      for (GroupEvent next = waiting.poll(); next != null; next = waiting.poll()) {
        // A tick is as of when the sockets were read, and something may have come since.
        nowNanos = atNanos - nowNanos < 0 ? nowNanos : atNanos;
        Phase before = state.phase();
        GroupStep step = Group.step(config, state, next, nowNanos);
        state = step.state();
        step.actions().forEach(this::perform);
        tell(before, state.phase());
        look(before, next);
      }
    } finally {
      isHandling = false;
    }
    members.forEach(LiveRouter::publish);
    return state;
  }

  /** Java 17 has no switch on types. */
  private void perform(GroupAction action) {
    if (action instanceof Advertise advertise) {
      members.get(advertise.member()).advertise(advertise.priority());
    } else if (action instanceof Take take) {
      members.get(take.member()).take(lifetime());
    } else if (action instanceof Drop drop) {
      members.get(drop.member()).drop();
    } else if (action instanceof Announce announce) {
      members.get(announce.member()).announce();
    } else if (action instanceof Changed changed) {
      members.get(changed.member()).changed(changed.from(), changed.to(), changed.cause());
    } else if (action instanceof Saw saw) {
      members.get(saw.member()).saw(saw.sight(), saw.source());
    } else if (gate != null && action instanceof Ask ask) {
      gate.ask(ask.attempt());
    } else if (gate != null && action instanceof Release) {
      gate.release();
    } else {
      throw new IllegalStateException(action.toString());
    }
  }

  /** How long the addresses may be there. */
  private Duration lifetime() {
    long nanos = state.gate().untilNanos() - nowNanos;
    return config.isExclusive() && nanos < GateCalls.FOREVER_NANOS / 2
        ? Duration.ofNanos(nanos)
        : ExclusiveGate.FOREVER;
  }

  /** After the members have told theirs. */
  private void tell(Phase from, Phase to) {
    if (from != to) {
      String text = name + ": " + from + " -> " + to;
      listeners.tell(new VrrpEvent(VrrpEvent.kind(to), name, from, to, 0, text, Instant.now()));
    }
  }

  /** What concerns more than the protocol. */
  private void look(Phase before, GroupEvent event) {
    boolean isRenewed =
        event instanceof Granted && before == Phase.MASTER && state.phase() == Phase.MASTER;
    if (isRenewed && Port.isLongEnough(lifetime())) {
      // The kernel is to keep the addresses for longer.
      members.forEach(member -> member.take(lifetime()));
    }
    if (wish != null && isGranted(wish.phase(), event)) {
      end(wish.done(), null);
      wish = null;
    }
  }

  private boolean isGranted(Phase wanted, GroupEvent event) {
    boolean isMaster = phaseOf(0) == Phase.MASTER;
    return wanted == Phase.MASTER
        ? isMaster
        : !isMaster && event instanceof Heard heard && heard.priority() != Advertisement.RESIGNED;
  }

  private void fail(Exception cause) {
    if (wish != null) {
      end(wish.done(), cause);
      wish = null;
    }
  }

  /** On another thread: whatever depends on it must not run on this. */
  private static void end(CompletableFuture<Void> done, @Nullable Exception cause) {
    CompletableFuture.runAsync(
        () -> {
          if (cause == null) {
            done.complete(null);
          } else {
            done.completeExceptionally(cause);
          }
        });
  }

  @Override
  public String toString() {
    return name;
  }
}

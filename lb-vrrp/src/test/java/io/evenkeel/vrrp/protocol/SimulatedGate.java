package io.evenkeel.vrrp.protocol;

import io.evenkeel.vrrp.protocol.GroupEvent.Granted;
import io.evenkeel.vrrp.protocol.GroupEvent.Refused;
import java.util.SplittableRandom;

/** An exclusive gate as each node's executor calls it: one call at a time, in order. */
abstract class SimulatedGate {
  final GroupSimulation world;
  final SimulatedTime time;
  final SplittableRandom random;
  final long unitNanos;
  private final long[] busyUntilNanos;

  SimulatedGate(GroupSimulation world, SplittableRandom random, int nodes, long unitNanos) {
    this.world = world;
    this.time = world.time;
    this.random = random;
    this.unitNanos = unitNanos;
    busyUntilNanos = new long[nodes];
  }

  abstract void ask(SimulatedNode node, long attempt);

  abstract void release(SimulatedNode node);

  /** When the node's next call begins; the next after it begins when this one is over. */
  long begin(SimulatedNode node, long lastsNanos) {
    long beginNanos = Math.max(time.nowNanos(), busyUntilNanos[node.index]);
    busyUntilNanos[node.index] = beginNanos + lastsNanos;
    return beginNanos;
  }

  /** Runs it then, if the process that asked for it is still there. */
  void later(SimulatedNode node, long atNanos, Runnable call) {
    int process = node.process;
    time.at(
        atNanos,
        at -> {
          if (node.isAlive && node.process == process) {
            call.run();
          }
        });
  }

  /**
   * A third party that lets one have it for a time. A request or an answer may be lost, then the
   * call fails when its time is over; what is on its way arrives even if its sender is gone.
   */
  static final class Lease extends SimulatedGate {
    private static final int UNITS = 12;

    /** Of the time that is granted: more than two clocks can differ. */
    private static final int MARGIN = 400;

    private final SimulatedClock clock;
    private String holder = "";
    private long untilNanos;

    Lease(GroupSimulation world, SplittableRandom random, int nodes, long unitNanos, long ppm) {
      super(world, random, nodes, unitNanos);
      clock = new SimulatedClock(0, ppm);
    }

    private static String name(SimulatedNode node) {
      return node.index + "/" + node.process;
    }

    @Override
    void ask(SimulatedNode node, long attempt) {
      long timeoutNanos = unitNanos;
      long thereNanos = random.nextLong(timeoutNanos / 2);
      long backNanos = random.nextLong(timeoutNanos / 2);
      boolean arrives = world.reachesGate(node);
      boolean returns = world.reachesGate(node);
      long lastsNanos = arrives && returns ? thereNanos + backNanos : timeoutNanos;
      long beginNanos = begin(node, lastsNanos);
      long localNanos = node.clock.local(beginNanos);
      String name = name(node);
      boolean[] isGranted = new boolean[1];
      if (arrives) {
        time.at(beginNanos + thereNanos, at -> isGranted[0] = grant(name, at));
      }
      later(
          node,
          beginNanos + lastsNanos,
          () -> {
            long lengthNanos = UNITS * unitNanos;
            node.tell(
                isGranted[0] && returns
                    ? new Granted(attempt, localNanos + lengthNanos - lengthNanos / MARGIN)
                    : new Refused(attempt));
          });
    }

    private boolean grant(String name, long atNanos) {
      if (!holder.isEmpty() && !holder.equals(name) && clock.local(atNanos) < untilNanos) {
        return false;
      }
      holder = name;
      untilNanos = clock.local(atNanos) + UNITS * unitNanos;
      return true;
    }

    @Override
    void release(SimulatedNode node) {
      long thereNanos = random.nextLong(unitNanos / 2);
      long beginNanos = begin(node, unitNanos / 2);
      String name = name(node);
      if (world.reachesGate(node)) {
        time.at(
            beginNanos + thereNanos,
            at -> {
              if (holder.equals(name)) {
                holder = "";
              }
            });
      }
    }
  }

  /** Ends all the other hosts, which start again after a while. It may fail, or hang. */
  static final class Fence extends SimulatedGate {
    private static final long NONE = 0;

    private final long[] current;

    Fence(GroupSimulation world, SplittableRandom random, int nodes, long unitNanos) {
      super(world, random, nodes, unitNanos);
      current = new long[nodes];
    }

    @Override
    void ask(SimulatedNode node, long attempt) {
      boolean works = world.reachesGate(node);
      long staticNanos = node.index * 2L * unitNanos;
      long lastsNanos =
          staticNanos + random.nextLong(unitNanos) + (works ? 0 : random.nextLong(20 * unitNanos));
      long answerNanos = random.nextLong(unitNanos / 4);
      long beginNanos = begin(node, lastsNanos + answerNanos);
      current[node.index] = attempt;
      boolean[] hasFenced = new boolean[1];
      if (works) {
        later(
            node,
            beginNanos + lastsNanos,
            () -> {
              if (current[node.index] == attempt) {
                world.fence(node);
                hasFenced[0] = true;
              }
            });
      }
      later(
          node,
          beginNanos + lastsNanos + answerNanos,
          () ->
              node.tell(
                  hasFenced[0]
                      ? new Granted(attempt, node.clock.local(time.nowNanos()) + Long.MAX_VALUE)
                      : new Refused(attempt)));
    }

    /** Calls off what has not been done yet. */
    @Override
    void release(SimulatedNode node) {
      current[node.index] = NONE;
    }
  }
}

package io.evenkeel.vrrp;

import io.evenkeel.hook.Command;
import io.evenkeel.hook.CommandResult;
import io.evenkeel.hook.CommandRunner;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Ends the other host, by its power switch for instance, before a router becomes master. Only a
 * success that is known passes the gate: what fails, hangs or cannot be started does not. A host
 * that was fenced is gone, so the gate then holds forever.
 *
 * <p>It is asked whenever the router wants to be master, whyever the master is gone. So it ends a
 * host, too, that has resigned and is well otherwise: one whose router was stopped, has a fault or
 * has handed over. At {@link VirtualRouter#handOver} a master drops its addresses, resigns and
 * stays up as backup; the other one, a skew time later, asks its fence, which waits for its delay
 * and then ends the host of the first one. If that takes longer than two master-down intervals, the
 * first one wants to be master again, asks its own fence, and may end the other host before. Who
 * switches over as planned is better off with a {@link Lease} alone: to resign is to give it back,
 * the other one has it at once, and no host is ended. With {@link ExclusiveGate#all} of a lease and
 * a fence the fence is asked then, too, but only by who has the lease.
 *
 * <p>When two hosts lose sight of each other, both shoot. Give one of them a delay that is longer
 * than the fence takes: it is then shot before it shoots. Not a random one: that is only likely to
 * differ. While it waits or fences, an interrupt ends it without having passed. Thread-safe.
 */
public final class Fence implements ExclusiveGate {
  private static final int MAX_SAID = 200;
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final CommandRunner RUNNER = CommandRunner.atOnce("evenkeel-fence", 100);

  private final String name;
  private final Duration delay;
  private final Action action;

  /** What ends the other host. */
  private interface Action {
    void run() throws Exception;
  }

  private Fence(String name, Duration delay, Action action) {
    if (delay.isNegative() || delay.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("delay: " + delay + " (expected: 0..1 day)");
    }
    this.name = name;
    this.delay = delay;
    this.action = action;
  }

  /**
   * By a command, such as {@code fence_ipmilan}: exit status 0 says that the other host is gone. At
   * its time-out it is ended, and the gate not passed.
   *
   * @param command what is run, and for how long at most
   * @param delay how long it waits before, 0..1 day; not the same on both hosts
   * @return the fence
   * @throws IllegalArgumentException if the delay is out of range
   */
  public static Fence command(Command command, Duration delay) {
    return new Fence(command.toString(), delay, () -> run(command));
  }

  /**
   * By a call, of a cloud's API for instance.
   *
   * @param name in log and status
   * @param call true says that the other host is gone; interrupted at the time-out. Where it does
   *     not heed that, the gate is not passed again before it has returned
   * @param timeout how long it may take, 1 ms..1 day
   * @param delay how long it waits before, 0..1 day; not the same on both hosts
   * @return the fence
   * @throws IllegalArgumentException if the time-out or the delay is out of range
   */
  public static Fence call(String name, Callable<Boolean> call, Duration timeout, Duration delay) {
    if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("timeout: " + timeout + " (expected: 1 ms..1 day)");
    }
    AtomicReference<Thread> caller = new AtomicReference<>();
    return new Fence(name, delay, () -> run(name, call, timeout, caller));
  }

  @Override
  public Duration pass() throws Exception {
    TimeUnit.NANOSECONDS.sleep(TimeUnit.NANOSECONDS.convert(delay));
    action.run();
    return FOREVER;
  }

  @Override
  public String toString() {
    return "fence " + name;
  }

  private static void run(Command command) throws Exception {
    CompletableFuture<CommandResult> run = RUNNER.run(command);
    try {
      CommandResult result = run.get();
      if (!result.isSuccess()) {
        String said = result.firstLine(MAX_SAID);
        throw new IllegalStateException(
            "fence " + command + ": " + result + (said.isEmpty() ? "" : ": " + said));
      }
    } catch (InterruptedException e) {
      run.cancel(true);
      throw e;
    }
  }

  private static void run(
      String name, Callable<Boolean> call, Duration timeout, AtomicReference<Thread> caller)
      throws Exception {
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(call.call());
              } catch (Exception | Error e) {
                result.completeExceptionally(e);
              } finally {
                caller.set(null);
              }
            },
            "evenkeel-fence-call");
    thread.setDaemon(true);
    if (!caller.compareAndSet(null, thread)) {
      throw new IllegalStateException("fence " + name + ": the call before has not returned yet");
    }
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      caller.set(null);
      throw e;
    }
    try {
      boolean isGone = result.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
      if (!isGone) {
        throw new IllegalStateException(
            "fence " + name + ": the call says that the other host is not gone");
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "fence " + name + ": the call failed: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      thread.interrupt();
      throw new IllegalStateException(
          "fence " + name + ": the call has not returned within " + timeout, e);
    } catch (InterruptedException e) {
      thread.interrupt();
      throw e;
    }
  }
}

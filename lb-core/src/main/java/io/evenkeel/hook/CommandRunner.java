package io.evenkeel.hook;

import io.evenkeel.hook.CommandResult.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs commands, each as a session of its own where setsid (util-linux) is there. At its time-out
 * the whole session gets SIGTERM, and 2 s later SIGKILL: children that it started are ended with
 * it, unless they made a session of their own. Without setsid these are its descendants that are
 * known before SIGTERM, and what a command leaves behind when it ends by itself stays. Its standard
 * input is empty.
 *
 * <p>Where this process is number 1, as in a container without an init, orphans of commands become
 * its children, which Java cannot reap: they stay as zombies. Run an init there, such as tini or
 * {@code docker --init}; the log says so once.
 *
 * <p>A thread is needed for each command that runs, which is a daemon and ends when it was idle for
 * 10 s: there is nothing to close. Thread-safe.
 */
public final class CommandRunner {
  private static final int IDLE_SECONDS = 10;
  private static final int MAX_WAITING = 100_000;

  private static final Logger LOG = LoggerFactory.getLogger(CommandRunner.class);

  static {
    if (ProcessHandle.current().pid() == 1) {
      LOG.warn(
          "this process is number 1 and cannot reap: children that commands leave behind stay as"
              + " zombies (expected: an init, such as tini or docker --init)");
    }
  }

  private final ThreadPoolExecutor threads;

  private final String full;
  private final Optional<String> setsid;

  private CommandRunner(
      String name,
      int kept,
      int limit,
      BlockingQueue<Runnable> waiting,
      String full,
      Optional<String> setsid) {
    this.full = full;
    this.setsid = setsid;
    AtomicInteger made = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            kept,
            limit,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            waiting,
            task -> {
              Thread thread = new Thread(task, name + "-" + made.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs commands at once: none waits for another. Past the limit none is started, and the result
   * says so; the room comes back at the latest when the running ones have reached their time-outs
   * and were ended.
   *
   * @param name of its threads
   * @param limit how many may run at the same time, 1 or more
   * @return the runner
   */
  public static CommandRunner atOnce(String name, int limit) {
    return atOnce(name, limit, Launch.SETSID);
  }

  static CommandRunner atOnce(String name, int limit, Optional<String> setsid) {
    return new CommandRunner(
        name, 0, limit, new SynchronousQueue<>(), limit + " commands are running", setsid);
  }

  /**
   * Runs one command after the other, in the order in which they were given: the next one starts
   * when the one before and all that it started in its session have ended. Past 100 000 that wait
   * none is taken, and the result says so.
   *
   * @param name of its thread
   * @return the runner
   */
  public static CommandRunner inOrder(String name) {
    return new CommandRunner(
        name,
        1,
        1,
        new LinkedBlockingQueue<>(MAX_WAITING),
        MAX_WAITING + " commands are waiting",
        Launch.SETSID);
  }

  /**
   * Runs a command. What it leaves behind in its session when it ends is ended, too, after the
   * result is there.
   *
   * @param command what to run
   * @return completes, never with an exception, when the command has ended; who cancels it ends the
   *     command as a time-out does
   */
  public CompletableFuture<CommandResult> run(Command command) {
    CompletableFuture<CommandResult> result = new CompletableFuture<>();
    try {
      threads.execute(new Execution(command, setsid, result));
    } catch (RejectedExecutionException e) {
      result.complete(notStarted(full + " (expected: fewer)"));
    } catch (OutOfMemoryError e) {
      // No thread for it; there may be one for the next.
      result.complete(notStarted(e.toString()));
    }
    return result;
  }

  static CommandResult notStarted(String cause) {
    return new CommandResult(Outcome.NOT_STARTED, 0, cause, Duration.ZERO);
  }
}

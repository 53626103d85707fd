package io.evenkeel.hook;

import io.evenkeel.hook.CommandResult.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a command, on one thread. Output is polled rather than waited for: a child that keeps
 * the pipe open when the command has ended must not keep the thread.
 */
final class Execution implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(CommandRunner.class);

  /** From SIGTERM to SIGKILL, as keepalived. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** After SIGKILL: past it somebody waits in the kernel, on a dead disk for instance. */
  private static final Duration LAST = Duration.ofSeconds(5);

  /** In which the kernel cannot have given all numbers of processes away. */
  private static final Duration SHORT = Duration.ofSeconds(1);

  private static final long MIN_PAUSE_MILLIS = 1;
  private static final long MAX_PAUSE_MILLIS = 100;
  private static final int MAX_CONTROL_BYTES = 1024;

  /** Enough to see who complains, however little is wanted. */
  private static final int MIN_OUTPUT_BYTES = 256;

  private final Command command;
  private final Optional<String> setsid;
  private final CompletableFuture<CommandResult> result;
  private final BoundedOutput output;
  private final BoundedOutput control = new BoundedOutput(MAX_CONTROL_BYTES);

  Execution(Command command, Optional<String> setsid, CompletableFuture<CommandResult> result) {
    this.command = command;
    this.setsid = setsid;
    this.result = result;
    output = new BoundedOutput(Math.max(command.maxOutputBytes(), MIN_OUTPUT_BYTES));
  }

  @Override
  public void run() {
    if (result.isDone()) {
      return;
    }
    try {
      start();
    } catch (IOException e) {
      result.complete(CommandRunner.notStarted(String.valueOf(e.getMessage())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      result.complete(CommandRunner.notStarted("interrupted"));
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("{}", command, e);
      result.complete(CommandRunner.notStarted(e.toString()));
    }
  }

  private void start() throws IOException, InterruptedException {
    Launch launch = Launch.of(command, setsid);
    ProcessBuilder builder =
        new ProcessBuilder(launch.arguments())
            .redirectInput(Redirect.from(new File("/dev/null")))
            .redirectErrorStream(!launch.inSession());
    if (command.directory() != null) {
      builder.directory(command.directory().toFile());
    }
    builder.environment().putAll(command.environment());
    long startNanos = System.nanoTime();
    Process process = builder.start();
    try (InputStream out = process.getInputStream();
        InputStream err = process.getErrorStream()) {
      Run run = new Run(process, launch.inSession(), out, err);
      boolean late = !run.await(command.timeout(), result::isDone);
      if (late) {
        run.end();
      }
      Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
      run.read();
      result.complete(
          late ? judgeLate(took) : judge(launch.inSession(), process.exitValue(), took));
      if (!late && run.mayHaveLeft(took)) {
        run.end();
      }
    }
  }

  private CommandResult judgeLate(Duration took) {
    return new CommandResult(Outcome.TIMED_OUT, 0, wanted(), took);
  }

  private CommandResult judge(boolean inSession, int code, Duration took) {
    String text = output.text();
    List<String> said = control.text().lines().toList();
    if (inSession && session() == null) {
      // The shell did not come to it: no process, for instance.
      return CommandRunner.notStarted(said.isEmpty() ? "exit " + code : said.get(0));
    }
    // Not translated are only the names at the beginning.
    String complaint = said.size() < 2 ? "" : said.get(1);
    if (complaint.startsWith("setsid: ") && complaint.contains(said.get(0))) {
      // With 128 added if there is a core.
      return new CommandResult(Outcome.SIGNALLED, code & 0x7f, wanted(), took);
    }
    boolean failed =
        !complaint.isEmpty()
            || text.startsWith(Launch.SHELL_NAME + ": ")
            || text.startsWith("setpriv: ");
    return failed && (code == 126 || code == 127)
        ? CommandRunner.notStarted(complaint.isEmpty() ? text : complaint)
        : new CommandResult(Outcome.EXITED, code, wanted(), took);
  }

  private String wanted() {
    return output.text(command.maxOutputBytes());
  }

  /** Known when the shell has started. */
  private @Nullable Long session() {
    String text = control.text();
    int end = text.indexOf('\n');
    return end > 0 && text.chars().limit(end).allMatch(Character::isDigit)
        ? Long.valueOf(text.substring(0, end))
        : null;
  }

  /** A process that was started. */
  private final class Run {
    private final Process process;
    private final boolean inSession;
    private final InputStream out;
    private final InputStream err;
    private final byte[] buffer = new byte[8192];

    /** Where there is no session: who was seen while its parent lived. */
    private final Set<ProcessHandle> seen = new LinkedHashSet<>();

    Run(Process process, boolean inSession, InputStream out, InputStream err) {
      this.process = process;
      this.inSession = inSession;
      this.out = out;
      this.err = err;
    }

    /** Whether it ended in time, and before somebody gave it up. */
    boolean await(Duration limit, BooleanSupplier isGivenUp) throws InterruptedException {
      long deadlineNanos = System.nanoTime() + limit.toNanos();
      long pauseMillis = MIN_PAUSE_MILLIS;
      while (true) {
        pauseMillis = read() ? MIN_PAUSE_MILLIS : Math.min(2 * pauseMillis, MAX_PAUSE_MILLIS);
        long leftNanos = deadlineNanos - System.nanoTime();
        if (leftNanos <= 0 || isGivenUp.getAsBoolean()) {
          return !process.isAlive();
        }
        long waitNanos = Math.min(leftNanos, TimeUnit.MILLISECONDS.toNanos(pauseMillis));
        if (process.waitFor(waitNanos, TimeUnit.NANOSECONDS)) {
          return true;
        }
      }
    }

    /** Reads what is there, so that nobody waits for room; whether there was something. */
    boolean read() {
      boolean some = control.readFrom(err, buffer);
      return output.readFrom(out, buffer) || some;
    }

    /** Whether somebody of it may live when the command itself has ended; cheap for most. */
    boolean mayHaveLeft(Duration took) {
      Long session = inSession ? session() : null;
      return session == null || took.compareTo(SHORT) > 0 || Kin.mayLive(session);
    }

    /** Ends all that is left of it. */
    void end() throws InterruptedException {
      awaitSession();
      if (kin().isEmpty()) {
        return;
      }
      kin().forEach(ProcessHandle::destroy);
      if (isGone(GRACE, kin -> {})) {
        return;
      }
      if (!isGone(LAST, kin -> kin.forEach(ProcessHandle::destroyForcibly))) {
        LOG.warn("{}: processes {} do not end by SIGKILL", command, kin());
      }
    }

    private boolean isGone(Duration limit, Consumer<List<ProcessHandle>> each)
        throws InterruptedException {
      long startNanos = System.nanoTime();
      long pauseMillis = MIN_PAUSE_MILLIS;
      while (true) {
        List<ProcessHandle> kin = kin();
        each.accept(kin);
        if (kin.isEmpty()) {
          return true;
        }
        if (System.nanoTime() - startNanos > limit.toNanos()) {
          return false;
        }
        TimeUnit.MILLISECONDS.sleep(pauseMillis);
        pauseMillis = Math.min(2 * pauseMillis, MAX_PAUSE_MILLIS);
      }
    }

    /** Given up at once, the command is not there yet, but would come. */
    private void awaitSession() throws InterruptedException {
      long startNanos = System.nanoTime();
      read();
      while (inSession
          && session() == null
          && System.nanoTime() - startNanos < GRACE.toNanos()
          && !process.waitFor(MIN_PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        read();
      }
    }

    /** All that lives. Setsid itself ends when the command does, and says how it ended. */
    private List<ProcessHandle> kin() {
      read();
      Long session = inSession ? session() : null;
      if (session == null) {
        seen.add(process.toHandle());
        return Kin.ofProcesses(seen);
      }
      List<ProcessHandle> members = Kin.ofSession(session);
      return members.isEmpty() && process.isAlive() ? List.of(process.toHandle()) : members;
    }
  }

  /** Keeps the beginning of what is read. Not thread-safe. */
  private static final class BoundedOutput {
    /** For one reading, so that somebody who writes without end does not hold up the time-out. */
    private static final int MAX_READ_BYTES = 1 << 20;

    private final int limit;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    BoundedOutput(int limit) {
      this.limit = limit;
    }

    boolean readFrom(InputStream in, byte[] buffer) {
      int sum = 0;
      try {
        while (sum < MAX_READ_BYTES && in.available() > 0) {
          int count = in.read(buffer);
          if (count <= 0) {
            break;
          }
          kept.write(buffer, 0, Math.min(count, limit - kept.size()));
          sum += count;
        }
      } catch (IOException e) {
        LOG.debug("no more output", e);
      }
      return sum > 0;
    }

    String text() {
      return text(limit);
    }

    String text(int most) {
      return new String(kept.toByteArray(), 0, Math.min(most, kept.size()), StandardCharsets.UTF_8);
    }
  }
}

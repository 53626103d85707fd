package io.evenkeel;

import io.evenkeel.hook.Command;
import io.evenkeel.hook.CommandRunner;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a command when something happens: keepalived's {@code notify_up}, {@code notify_down},
 * {@code quorum_up} and {@code quorum_down}. One runs after the other, in the order of the events,
 * and each is awaited: the next one starts when the one before has ended with all its children. How
 * it failed is logged.
 *
 * <p>As from keepalived, the command gets the arguments that are configured, no other, and this
 * process's environment. What happened is in variables in addition:
 *
 * <ul>
 *   <li>{@code EVENKEEL_KIND}: {@code SERVER_DOWN}, for instance
 *   <li>{@code EVENKEEL_TEXT}: the whole in words
 *   <li>{@code EVENKEEL_AT}: when, such as {@code 2026-01-01T00:00:00Z}
 *   <li>{@code EVENKEEL_SERVICE}: {@code tcp 192.0.2.1:80}; empty if it is the director's event
 *   <li>{@code EVENKEEL_SERVER}: {@code 192.0.2.7:80}; empty if it is no server's event
 *   <li>{@code EVENKEEL_NOTIFY}: the line that keepalived writes to its notify FIFO, such as {@code
 *       RS [192.0.2.7]:tcp:80 [192.0.2.1]:tcp:80 DOWN}; empty if it has none for it
 * </ul>
 *
 * <p>A command that takes longer than its own time-out is ended: SIGTERM, and SIGKILL 2 s later.
 * The time-out begins when the command starts, not when it begins to wait for the one before. The
 * director waits for it at most for its listener time-out (5 s), also when it is closed; then the
 * command goes on, in its order, up to its own time-out. Thread-safe.
 */
public final class NotifyCommand implements EventListener {
  private static final Logger LOG = LoggerFactory.getLogger(NotifyCommand.class);
  private static final int MAX_LINE = 200;

  /** The kernel takes up to 128 KiB for one variable. */
  private static final int MAX_TEXT = 4096;

  private final CommandRunner runner = CommandRunner.inOrder("evenkeel-notify");
  private final Command command;
  private final Predicate<Event> when;

  /**
   * A listener.
   *
   * @param command what is run
   * @param kinds when it is run, one or more
   * @throws IllegalArgumentException if there is no kind
   */
  public NotifyCommand(Command command, Set<Event.Kind> kinds) {
    this(command, anyOf(kinds));
  }

  /**
   * A listener for some services or servers alone, as {@code notify_up} belongs to one real server
   * and {@code quorum_up} to one virtual server.
   *
   * @param command what is run
   * @param when whether it is run for an event
   */
  public NotifyCommand(Command command, Predicate<Event> when) {
    this.command = command;
    this.when = when;
  }

  @Override
  public void onEvent(Event event) {
    if (!when.test(event)) {
      return;
    }
    CompletableFuture<Void> run =
        runner
            .run(command.withEnvironment(environment(event)))
            .thenAccept(
                result -> {
                  if (!result.isSuccess()) {
                    LOG.warn("{}: {} {}: {}", command, result, result.firstLine(MAX_LINE), event);
                  }
                });
    try {
      run.get();
    } catch (InterruptedException e) {
      // It goes on, or waits for the one before: its own time-out begins when it does.
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return "notify " + command;
  }

  static Predicate<Event> anyOf(Set<Event.Kind> kinds) {
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("kinds: [] (expected: one or more)");
    }
    Set<Event.Kind> copy = EnumSet.copyOf(kinds);
    return event -> copy.contains(event.kind());
  }

  private static Map<String, String> environment(Event event) {
    String line = KeepalivedWords.fifo(event);
    String text = event.text().replace('\0', ' ');
    Map<String, String> all = new LinkedHashMap<>();
    all.put("EVENKEEL_KIND", event.kind().name());
    all.put("EVENKEEL_TEXT", text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text);
    all.put("EVENKEEL_AT", event.at().toString());
    all.put("EVENKEEL_SERVICE", event.service() == null ? "" : event.service().toString());
    all.put("EVENKEEL_SERVER", event.server() == null ? "" : event.server().toString());
    all.put("EVENKEEL_NOTIFY", line == null ? "" : line);
    return all;
  }
}

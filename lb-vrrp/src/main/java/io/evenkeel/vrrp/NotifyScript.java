package io.evenkeel.vrrp;

import io.evenkeel.hook.Command;
import io.evenkeel.hook.CommandRunner;
import io.evenkeel.vrrp.VrrpEvent.Kind;
import io.evenkeel.vrrp.protocol.Phase;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs commands when a router changes: keepalived's {@code notify_master}, {@code notify_backup},
 * {@code notify_fault}, {@code notify_stop}, {@code notify_master_rx_lower_pri} and {@code notify}.
 * One runs after the other, in the order of the events, that of the phase before the general one,
 * and each is awaited with all its children; keepalived starts them all at once. How one failed is
 * logged.
 *
 * <p>As keepalived 2.2.7 was seen to do, the command of a phase gets the arguments that are
 * configured and no other, and the general one four more at the end: {@code INSTANCE} or {@code
 * GROUP}, the name, {@code MASTER}, {@code BACKUP}, {@code FAULT} or {@code STOP}, and the
 * effective priority, of a group 0. A change of priority keepalived tells its FIFO alone; here
 * {@link #onPriority} gets the same fields as four arguments at the end: {@code INSTANCE}, the
 * name, {@code MASTER_PRIORITY} or {@code BACKUP_PRIORITY}, and the priority.
 *
 * <p>A command that takes longer than its own time-out is ended: SIGTERM, and SIGKILL 2 s later.
 * The router waits for it at most for its listeners' time-out; then the command goes on, in its
 * order. Immutable.
 */
public final class NotifyScript implements VrrpListener {
  private static final Logger LOG = LoggerFactory.getLogger(NotifyScript.class);
  private static final int MAX_LINE = 200;

  private final CommandRunner runner;
  private final Map<Kind, Command> commands;
  private final @Nullable Command general;
  private final boolean isGroup;

  private NotifyScript(
      CommandRunner runner,
      Map<Kind, Command> commands,
      @Nullable Command general,
      boolean isGroup) {
    this.runner = runner;
    this.commands = commands;
    this.general = general;
    this.isGroup = isGroup;
  }

  /**
   * For a router.
   *
   * @return runs nothing yet
   */
  public static NotifyScript instance() {
    return new NotifyScript(CommandRunner.inOrder("evenkeel-notify"), Map.of(), null, false);
  }

  /**
   * For a sync group: the name is the group's.
   *
   * @return runs nothing yet
   */
  public static NotifyScript group() {
    return new NotifyScript(CommandRunner.inOrder("evenkeel-notify"), Map.of(), null, true);
  }

  /**
   * When it is master.
   *
   * @param command what is run
   * @return the changed listener
   */
  public NotifyScript onMaster(Command command) {
    return with(Kind.MASTER, command);
  }

  /**
   * When it is backup.
   *
   * @param command what is run
   * @return the changed listener
   */
  public NotifyScript onBackup(Command command) {
    return with(Kind.BACKUP, command);
  }

  /**
   * When something is missing.
   *
   * @param command what is run
   * @return the changed listener
   */
  public NotifyScript onFault(Command command) {
    return with(Kind.FAULT, command);
  }

  /**
   * When it was stopped.
   *
   * @param command what is run
   * @return the changed listener
   */
  public NotifyScript onStop(Command command) {
    return with(Kind.STOP, command);
  }

  /**
   * When the effective priority of a master or a backup has changed.
   *
   * @param command what is run, with four more arguments
   * @return the changed listener
   */
  public NotifyScript onPriority(Command command) {
    return with(Kind.PRIORITY, command);
  }

  /**
   * When it heard another of lower priority as a master.
   *
   * @param command what is run
   * @return the changed listener
   */
  public NotifyScript onLowerPriorityHeard(Command command) {
    return with(Kind.LOWER_PRIORITY_HEARD, command);
  }

  /**
   * When it is master or backup, something is missing, or it was stopped.
   *
   * @param command what is run, with four more arguments
   * @return the changed listener
   */
  public NotifyScript onAny(Command command) {
    return new NotifyScript(runner, commands, command, isGroup);
  }

  private NotifyScript with(Kind kind, Command command) {
    Map<Kind, Command> all = new EnumMap<>(Kind.class);
    all.putAll(commands);
    all.put(kind, command);
    return new NotifyScript(runner, all, general, isGroup);
  }

  @Override
  public void onEvent(VrrpEvent event) throws ExecutionException {
    List<CompletableFuture<Void>> runs = new ArrayList<>();
    for (Command command : commandsFor(event)) {
      runs.add(
          runner
              .run(command)
              .thenAccept(
                  result -> {
                    if (!result.isSuccess()) {
                      LOG.warn("{}: {} {}: {}", command, result, result.firstLine(MAX_LINE), event);
                    }
                  }));
    }
    try {
      CompletableFuture.allOf(runs.toArray(CompletableFuture<?>[]::new)).get();
    } catch (InterruptedException e) {
      // They go on, or wait for the one before: their own time-outs begin when they do.
      Thread.currentThread().interrupt();
    }
  }

  /** What is to be run, in this order. */
  List<Command> commandsFor(VrrpEvent event) {
    List<Command> all = new ArrayList<>();
    Command own = commands.get(event.kind());
    if (own != null && event.kind() != Kind.PRIORITY) {
      all.add(own);
    } else if (own != null && (event.to() == Phase.MASTER || event.to() == Phase.BACKUP)) {
      all.add(with(own, event, event.to() + "_PRIORITY"));
    }
    if (general != null && isPhase(event.kind())) {
      all.add(with(general, event, event.kind().name()));
    }
    return all;
  }

  private static boolean isPhase(Kind kind) {
    return kind != Kind.PRIORITY && kind != Kind.LOWER_PRIORITY_HEARD;
  }

  private Command with(Command command, VrrpEvent event, String state) {
    return command.withArguments(
        isGroup ? "GROUP" : "INSTANCE",
        event.router(),
        state,
        String.valueOf(isGroup ? 0 : event.priority()));
  }

  @Override
  public String toString() {
    return "notify " + commands + (general == null ? "" : " " + general);
  }
}

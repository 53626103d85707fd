package io.evenkeel.vrrp.track;

import io.evenkeel.Director;
import io.evenkeel.hook.Command;
import io.evenkeel.kernel.net.Network;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.vrrp.track.Reading.UpOrDown;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What can be tracked, with keepalived's meaning. Each is watched once for all routers that it is
 * given to, and only while there is one. All share their threads, daemons that end when they were
 * idle for 10 s; whatever hangs delays nothing else.
 */
public final class Trackers {
  private Trackers() {}

  /**
   * A network link, keepalived's {@code track_interface}: up while it is up, has a carrier and its
   * driver does not object; down if there is none of this name. The kernel tells of changes at
   * once; one thread hears of all links of a network.
   *
   * @param network whose; to be kept open while the link is watched
   * @param device its name
   * @return the tracker; to begin to watch throws {@link java.io.UncheckedIOException} if the
   *     kernel does not tell of links
   */
  public static Tracked link(Network network, String device) {
    return new Tracked(new LinkSource(network, device));
  }

  /**
   * A script, keepalived's {@code vrrp_script}: a success is the exit status 0. It is ended at the
   * command's own time-out, which is a failure (keepalived's default time-out is the interval), by
   * SIGTERM and 2 s later by SIGKILL, with all its children. As long as a run goes on no other one
   * starts.
   *
   * @param name in log and status
   * @param command what is run, as which user, and for how long at most
   * @param rule when, and how often it must succeed or fail
   * @return the tracker
   */
  public static Tracked script(String name, Command command, ScriptRule rule) {
    return new Tracked(new ScriptSource(name, command, rule));
  }

  /**
   * A number in a file, keepalived's {@code track_file}: number times weight is added to the
   * priority, at most 253; below -253 it is a fault; with weight 0 every number but 0 is a fault.
   * It is read as keepalived does: decimal, hexadecimal after {@code 0x}, octal after {@code 0}; no
   * file, an empty one and one without a number are 0; a number beyond 32 bits is logged and
   * changes nothing.
   *
   * <p>The file is read at the interval. The kernel's events would come at once, but not from
   * network file systems and not through symbolic links, by which container platforms replace a
   * file. While a read hangs, the last number counts.
   *
   * @param file which
   * @param interval between two looks, 1 ms..1 day
   * @return the tracker
   * @throws IllegalArgumentException if the interval is out of range
   */
  public static Tracked file(Path file, Duration interval) {
    return new Tracked(new FileSource(file, interval));
  }

  /**
   * Processes of this host, keepalived's {@code track_process}, as far as this one may see them (a
   * container sees its own, and {@code hidepid} hides those of others). {@code /proc} is read at
   * the rule's interval. The kernel would tell at once of each process that starts or ends, of all
   * of them, and only root in the host's first user namespace.
   *
   * @param match which
   * @param rule how many, and for how long
   * @return the tracker
   */
  public static Tracked process(ProcessMatch match, ProcessRule rule) {
    return new Tracked(
        new AnswerSource(
            "process " + match,
            rule.interval(),
            () -> new Processes(match, rule, System::nanoTime)));
  }

  /**
   * A Director's service: up while the director runs, every server has had its first verdict, and
   * the live ones weigh enough for the quorum; by default one live server is.
   *
   * @param director whose
   * @param service which
   * @param interval between two looks, each of which is one read of memory, 1 ms..1 day
   * @return the tracker
   * @throws IllegalArgumentException if the interval is out of range
   */
  public static Tracked service(Director director, ServiceKey service, Duration interval) {
    return answers("service " + service, interval, () -> new ServiceQuorum(director, service));
  }

  /**
   * Whatever Java can say. What throws is down, and so is what does not return for two intervals
   * and for a second.
   *
   * @param name in log and status
   * @param interval between two calls, 1 ms..1 day
   * @param isUp asked on a thread of the trackers, by one at a time
   * @return the tracker
   * @throws IllegalArgumentException if the interval is out of range
   */
  public static Tracked condition(String name, Duration interval, BooleanSupplier isUp) {
    return answers(name, interval, () -> isUp);
  }

  private static Tracked answers(
      String name, Duration interval, Supplier<BooleanSupplier> questions) {
    return new Tracked(
        new AnswerSource(
            name,
            interval,
            () -> {
              BooleanSupplier question = questions.get();
              return () -> {
                boolean isUp = question.getAsBoolean();
                return new UpOrDown(isUp, name + (isUp ? ": up" : ": down"));
              };
            }));
  }
}

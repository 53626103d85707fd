package io.evenkeel;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Exclusion;
import io.evenkeel.schedule.Reasoning;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a dispatcher chose a server: see {@link Dispatcher#explain}. Immutable; as text, some lines
 * for a log.
 *
 * @param service of which service
 * @param time wall clock time of the choice
 * @param chosen who gets the connection; null: there is nobody. Not whom the scheduler chose if
 *     another thread tied the client to another server meanwhile
 * @param reason why
 * @param candidates every server as it was when the choice was made: those to choose from in list
 *     order, the newest first; then those that are down, then those that were removed while
 *     connections or templates were left
 */
public record Explanation(
    ServiceKey service,
    Instant time,
    @Nullable Endpoint chosen,
    Reason reason,
    List<Candidate> candidates) {
  /** A log entry with ten thousand servers helps nobody. */
  private static final int SHOWN = 20;

  /** Copies the list. */
  public Explanation {
    candidates = List.copyOf(candidates);
  }

  /** Who decided. */
  public sealed interface Reason {}

  /**
   * The client's persistence template did; the scheduler was not asked.
   *
   * @param timeLeft of the template, restarted by this connection: until it is forgotten if no
   *     other connection comes and those that are open end now
   * @param connections of the client, this one included
   */
  public record TemplateHit(Duration timeLeft, int connections) implements Reason {
    @Override
    public String toString() {
      return "persistence template, time left "
          + timeLeft.toMillis() / 1000.0
          + " s, connections "
          + connections
          + " with this one";
    }
  }

  /**
   * The scheduler did.
   *
   * @param scheduler its name
   * @param reasoning what it says
   */
  public record Scheduled(String scheduler, Reasoning reasoning) implements Reason {
    @Override
    public String toString() {
      return "scheduler " + scheduler + ": " + reasoning;
    }
  }

  /**
   * The sorry server takes it, since the scheduler found nobody.
   *
   * @param scheduler its name
   * @param reasoning what it says
   */
  public record SorryServer(String scheduler, Reasoning reasoning) implements Reason {
    @Override
    public String toString() {
      return "sorry server, scheduler " + scheduler + " found nobody: " + reasoning;
    }
  }

  /**
   * Nobody takes it: the scheduler found nobody, and there is no sorry server that may be used.
   *
   * @param scheduler its name; "none": the service was removed
   * @param reasoning what it says
   */
  public record Nobody(String scheduler, Reasoning reasoning) implements Reason {
    @Override
    public String toString() {
      return "no sorry server, scheduler " + scheduler + " found nobody: " + reasoning;
    }
  }

  /**
   * How a server stood.
   *
   * @param server which
   * @param weight 0..65535, as configured; 0 if it was removed
   * @param active established connections
   * @param inactive connections that are being set up or closed
   * @param upperThreshold connections that it may have; 0: any number
   * @param warmingUp whether it was added or has recovered, and is not warm yet; schedulers without
   *     slow start do not care, and it may have become warm unnoticed
   * @param exclusion why it could not be chosen; null if it could
   */
  public record Candidate(
      Endpoint server,
      int weight,
      int active,
      int inactive,
      int upperThreshold,
      boolean warmingUp,
      @Nullable Exclusion exclusion) {
    @Override
    public String toString() {
      return server
          + " weight "
          + weight
          + ", active "
          + active
          + ", inactive "
          + inactive
          + (upperThreshold == 0 ? "" : ", threshold " + upperThreshold)
          + (warmingUp ? ", warming up" : "")
          + (exclusion == null ? "" : ", excluded: " + exclusion);
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(service).append(" at ").append(time).append(": ");
    text.append(chosen == null ? "nobody" : chosen).append("\n  ").append(reason);
    candidates.stream().limit(SHOWN).forEach(candidate -> text.append("\n  ").append(candidate));
    if (candidates.size() > SHOWN) {
      text.append("\n  and ").append(candidates.size() - SHOWN).append(" more");
    }
    return text.toString();
  }
}

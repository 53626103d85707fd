package io.evenkeel;

import io.evenkeel.model.ServiceKey;
import io.evenkeel.persistence.Template;
import io.evenkeel.persistence.Templates;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import io.evenkeel.schedule.Selector;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a real server for each new connection or request of one virtual service. Thread-safe, and
 * stays valid while the configuration changes; once its service is removed it finds nobody.
 *
 * <pre>{@code
 * flow.client(clientAddress);
 * if (dispatcher.dispatch(flow, assignment)) {
 *   try {
 *     connect(assignment.destination().address());
 *     assignment.established();
 *     ...
 *     assignment.release(Outcome.SUCCESS);
 *   } catch (ConnectException e) {
 *     assignment.release(Outcome.CONNECT_FAILED); // nobody is sent there until it has recovered
 *   }
 * }
 * }</pre>
 */
public final class Dispatcher {
  private final ServiceKey service;
  private final LongAdder refused = new LongAdder();

  /** Written by the director, read by every caller. */
  private volatile Choice choice = Choice.NOBODY;

  Dispatcher(ServiceKey service) {
    this.service = service;
  }

  /**
   * Whose servers are chosen.
   *
   * @return the key of the virtual service
   */
  public ServiceKey service() {
    return service;
  }

  /**
   * Chooses a real server, else the sorry server. Allocates nothing, takes no lock.
   *
   * <p>If the service is persistent, a client's own server comes first, even if it is overloaded,
   * and, unless {@code expireQuiescent}, if its weight is 0; a client without one is given one, and
   * that allocates. A sorry server is nobody's own.
   *
   * @param flow who wants to reach what; not kept
   * @param assignment filled with the choice; the caller must {@link Assignment#release} it exactly
   *     once
   * @return false if there is nobody: the assignment is left as it was, and the refusal is counted
   * @throws IllegalStateException if the assignment is in use
   */
  public boolean dispatch(Flow flow, Assignment assignment) {
    long now = System.nanoTime();
    Choice current = choice;
    Templates templates = current.templates;
    if (templates != null) {
      Template template = templates.find(flow, now);
      if (template != null) {
        assign(template, assignment, now);
        return true;
      }
    }
    Destination chosen = current.selector.select(flow, now);
    if (chosen == null) {
      chosen = current.sorryServer;
      if (chosen == null || !chosen.isAvailable()) {
        refused.increment();
        return false;
      }
    } else if (templates != null) {
      assign(templates.tie(flow, chosen, now), assignment, now);
      return true;
    }
    assignment.assign(chosen, now);
    return true;
  }

  private static void assign(Template template, Assignment assignment, long now) {
    try {
      assignment.assign(template.destination(), now, template);
    } catch (IllegalStateException e) {
      template.released();
      throw e;
    }
  }

  /**
   * The short form: allocates a flow and an assignment at each call.
   *
   * @param client who wants to be served, resolved
   * @return the choice, to be released exactly once; empty if there is nobody
   */
  public Optional<Assignment> dispatch(InetSocketAddress client) {
    Assignment assignment = new Assignment();
    return dispatch(new Flow(0).protocol(service.protocol()).client(client), assignment)
        ? Optional.of(assignment)
        : Optional.empty();
  }

  /**
   * Which clients stay with which server now. Takes a while if they are many; does not disturb the
   * choice.
   *
   * @return in no order; those that come or go meanwhile may be missing; empty if the service is
   *     not persistent
   */
  public List<TemplateStatus> templates() {
    Templates templates = choice.templates;
    if (templates == null) {
      return List.of();
    }
    List<TemplateStatus> all = new ArrayList<>();
    templates.forEach(
        System.nanoTime(),
        (client, template, leftNanos) ->
            all.add(
                new TemplateStatus(
                    service,
                    client,
                    template.destination().endpoint(),
                    template.connections(),
                    Duration.ofNanos(leftNanos))));
    return all;
  }

  /**
   * How often there was nobody to choose.
   *
   * @return a sum that only grows
   */
  public long refused() {
    return refused.sum();
  }

  void choose(Selector selector, @Nullable Destination sorryServer, @Nullable Templates templates) {
    choice = new Choice(selector, sorryServer, templates);
  }

  void chooseNobody() {
    choice = Choice.NOBODY;
  }

  private static final class Choice {
    static final Choice NOBODY = new Choice((flow, nowNanos) -> null, null, null);

    final Selector selector;
    final @Nullable Destination sorryServer;
    final @Nullable Templates templates;

    Choice(Selector selector, @Nullable Destination sorryServer, @Nullable Templates templates) {
      this.selector = selector;
      this.sorryServer = sorryServer;
      this.templates = templates;
    }
  }
}

package io.evenkeel;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.persistence.Template;
import io.evenkeel.persistence.Templates;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import io.evenkeel.schedule.Reasoning;
import io.evenkeel.schedule.Selection;
import io.evenkeel.schedule.Selector;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
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
  private final LongSupplier nanoTime;
  private final LongAdder refused = new LongAdder();

  /** Written by the director, read by every caller. */
  private volatile Choice choice = Choice.NOBODY;

  Dispatcher(ServiceKey service, LongSupplier nanoTime) {
    this.service = service;
    this.nanoTime = nanoTime;
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
    long now = nanoTime.getAsLong();
    Choice current = choice;
    Templates templates = current.templates;
    if (templates != null) {
      Template own = templates.find(flow, now);
      if (own != null) {
        assign(own, assignment, now);
        return true;
      }
    }
    return assign(current, current.selector.select(flow, now), flow, assignment, now);
  }

  /**
   * Chooses as {@link #dispatch(Flow, Assignment)} does, with the same effects, and says why: for
   * the one connection that somebody wonders about. Off the hot path: allocates, and looks at every
   * server. Exact while nobody else dispatches or releases; else what it says of the servers may be
   * older or newer than the choice by what the others did meanwhile.
   *
   * @param flow who wants to reach what; not kept
   * @param assignment filled with the choice, if there is one; the caller must then {@link
   *     Assignment#release} it exactly once
   * @return why, and whom
   * @throws IllegalStateException if the assignment is in use
   */
  public Explanation explain(Flow flow, Assignment assignment) {
    final Instant time = Instant.now();
    long now = nanoTime.getAsLong();
    Choice current = choice;
    List<Explanation.Candidate> candidates = current.roster.candidates();
    Templates templates = current.templates;
    Template own = templates == null ? null : templates.find(flow, now);
    Explanation.Reason reason;
    if (own != null) {
      assign(own, assignment, now);
      reason = templateHit(own, now);
    } else {
      Selection selection = current.selector.explain(flow, now);
      boolean found = assign(current, selection.chosen(), flow, assignment, now);
      reason = reason(current, selection, found ? assignment.destination() : null);
    }
    Endpoint chosen =
        reason instanceof Explanation.Nobody ? null : assignment.destination().endpoint();
    return new Explanation(service, time, chosen, reason, candidates);
  }

  private static Explanation.Reason reason(
      Choice current, Selection selection, @Nullable Destination assigned) {
    String scheduler = current.roster.scheduler();
    Reasoning reasoning = selection.reasoning();
    if (assigned == null) {
      return new Explanation.Nobody(scheduler, reasoning);
    }
    return selection.chosen() == null
        ? new Explanation.SorryServer(scheduler, reasoning)
        : new Explanation.Scheduled(scheduler, reasoning);
  }

  private static Explanation.TemplateHit templateHit(Template template, long now) {
    return new Explanation.TemplateHit(
        Duration.ofNanos(template.timeLeftNanos(now)), template.connections());
  }

  /** Gives whom the selector chose, else the sorry server; false if there is nobody. */
  private boolean assign(
      Choice current, @Nullable Destination selected, Flow flow, Assignment assignment, long now) {
    if (selected != null) {
      if (current.templates == null) {
        assignment.assign(selected, now);
      } else {
        assign(current.templates.tie(flow, selected, now), assignment, now);
      }
      return true;
    }
    Destination sorry = current.sorryServer();
    if (sorry == null) {
      refused.increment();
      return false;
    }
    assignment.assign(sorry, now);
    return true;
  }

  /**
   * Chooses for a single datagram, in a service that schedules each by itself ({@link
   * io.evenkeel.model.VirtualService#onePacket}). Counts a connection that ends at once, so that
   * there is nothing to release. Persistence holds, as in the kernel: a client's datagrams go to
   * its server, and each of them prolongs that. Allocates and locks as little as {@link
   * #dispatch(Flow, Assignment)}.
   *
   * @param flow who wants to reach what; not kept
   * @return where to send it; null if there is nobody: the refusal is counted
   * @throws IllegalStateException if the service does not schedule each datagram by itself
   */
  public @Nullable Destination datagram(Flow flow) {
    Choice current = choice;
    if (!current.onePacket && current != Choice.NOBODY) {
      throw new IllegalStateException(
          "datagram: " + service + " is not scheduled by the packet (expected: onePacket)");
    }
    long now = nanoTime.getAsLong();
    Templates templates = current.templates;
    Template template = templates == null ? null : templates.find(flow, now);
    if (template == null) {
      Destination chosen = current.selector.select(flow, now);
      if (chosen == null || templates == null) {
        return sent(chosen == null ? current.sorryServer() : chosen);
      }
      template = templates.tie(flow, chosen, now);
    }
    Destination server = sent(template.destination());
    template.released();
    return server;
  }

  private @Nullable Destination sent(@Nullable Destination server) {
    if (server == null) {
      refused.increment();
    } else {
      server.countDatagram();
    }
    return server;
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
   * The short form: allocates a flow and an assignment at each call. The flow does not say what the
   * client asked for, but for the protocol where the service has one address.
   *
   * @param client who wants to be served, resolved
   * @return the choice, to be released exactly once; empty if there is nobody
   */
  public Optional<Assignment> dispatch(InetSocketAddress client) {
    Assignment assignment = new Assignment();
    Flow flow = new Flow(0).client(client);
    if (service instanceof VirtualAddress address) {
      flow.protocol(address.protocol());
    }
    return dispatch(flow, assignment) ? Optional.of(assignment) : Optional.empty();
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
        nanoTime.getAsLong(),
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

  void choose(
      Selector selector,
      @Nullable Destination sorryServer,
      @Nullable Templates templates,
      Roster roster) {
    choice = new Choice(selector, sorryServer, templates, roster);
  }

  void chooseNobody() {
    choice = Choice.NOBODY;
  }

  private static final class Choice {
    static final Choice NOBODY = new Choice((flow, nowNanos) -> null, null, null, Roster.NOBODY);

    final Selector selector;
    final @Nullable Destination sorryServer;
    final @Nullable Templates templates;
    final Roster roster;
    final boolean onePacket;

    Choice(
        Selector selector,
        @Nullable Destination sorryServer,
        @Nullable Templates templates,
        Roster roster) {
      this.selector = selector;
      this.sorryServer = sorryServer;
      this.templates = templates;
      this.roster = roster;
      this.onePacket = roster.isOnePacket();
    }

    @Nullable Destination sorryServer() {
      return sorryServer != null && sorryServer.isAvailable() ? sorryServer : null;
    }
  }
}

package io.evenkeel;

import io.evenkeel.model.AdminState;
import io.evenkeel.model.Configuration;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.FirewallMark;
import io.evenkeel.model.Isolation;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.SlowStart;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A change of a running director's configuration: steps are collected, looked at with {@link
 * #dryRun}, and made with {@link #apply} all together or not at all. The steps are made on the
 * configuration of that moment, so that edits of several threads do not undo each other. Not
 * thread-safe itself.
 *
 * <pre>{@code
 * director.edit()
 *     .putServer(web, RealServer.of("10.0.0.4:80"))
 *     .drain(web, Endpoint.parse("10.0.0.1:80"), Duration.ofMinutes(1))
 *     .apply()
 *     .drained().thenAccept(left -> ...);
 * }</pre>
 */
public final class Edit {

  /** A server to be drained. */
  record Drain(ServiceKey service, Endpoint server, Duration deadline, boolean cut) {}

  private final Director director;
  private final List<UnaryOperator<Configuration>> steps = new ArrayList<>();
  private final List<Drain> drains = new ArrayList<>();

  Edit(Director director) {
    this.director = director;
  }

  /**
   * Adds a service, or describes one anew.
   *
   * @param service what it shall be
   * @return this
   */
  public Edit put(VirtualService service) {
    return step(configuration -> configuration.with(service));
  }

  /**
   * Removes a service. Its open connections run on, unless a data plane was told otherwise.
   *
   * @param service which
   * @return this
   */
  public Edit remove(ServiceKey service) {
    return step(configuration -> configuration.without(service));
  }

  /**
   * Puts something else in place of the whole configuration.
   *
   * @param configuration what it shall be
   * @return this
   */
  public Edit replaceAll(Configuration configuration) {
    return step(before -> configuration);
  }

  /**
   * Joins other addresses by a firewall mark. An address of another service must have been removed
   * from it by a step before. Connections to those that go run on.
   *
   * @param mark which service
   * @param addresses all that it shall have from now on
   * @return this
   */
  public Edit addresses(FirewallMark mark, List<VirtualAddress> addresses) {
    List<VirtualAddress> joined = List.copyOf(addresses);
    return step(configuration -> configuration.edit(mark, s -> s.withAddresses(joined)));
  }

  /**
   * Makes clients of a service stay with the server that they had, or not any more. Templates that
   * are there keep their timeout; without persistence they are forgotten.
   *
   * @param service which
   * @param spec for how long and by what they are told apart; null: each connection is scheduled by
   *     itself
   * @return this
   */
  public Edit persistence(ServiceKey service, @Nullable PersistenceSpec spec) {
    return step(configuration -> configuration.edit(service, s -> s.withPersistence(spec)));
  }

  /**
   * Warms up the servers of a service that are added from now on, or recover; or not any more. The
   * scheduler begins anew, as with another scheduler.
   *
   * @param service which
   * @param how for how long, and from what share on; null: not at all
   * @return this
   */
  public Edit slowStart(ServiceKey service, @Nullable SlowStart how) {
    return step(configuration -> configuration.edit(service, s -> s.withSlowStart(how)));
  }

  /**
   * Schedules each UDP datagram of a service by itself, or not any more.
   *
   * @param service which
   * @param value true: each by itself
   * @return this
   */
  public Edit onePacket(ServiceKey service, boolean value) {
    return step(configuration -> configuration.edit(service, s -> s.withOnePacket(value)));
  }

  /**
   * Adds a real server, or describes one anew.
   *
   * @param service to which service
   * @param server what it shall be
   * @return this
   */
  public Edit putServer(ServiceKey service, RealServer server) {
    return step(configuration -> configuration.edit(service, s -> s.with(server)));
  }

  /**
   * Removes a real server. Its open connections run on, unless a data plane was told otherwise.
   *
   * @param service from which service
   * @param server which
   * @return this
   */
  public Edit removeServer(ServiceKey service, Endpoint server) {
    return step(configuration -> configuration.edit(service, s -> s.without(server)));
  }

  /**
   * Gives a real server another weight.
   *
   * @param service of which service
   * @param server which
   * @param weight 0..65535; 0 quiesces it
   * @return this
   */
  public Edit weight(ServiceKey service, Endpoint server, int weight) {
    return step(configuration -> configuration.edit(service, s -> s.withWeight(server, weight)));
  }

  /**
   * Gives a real server no new connections; those that are open run on.
   *
   * @param service of which service
   * @param server which
   * @return this
   */
  public Edit quiesce(ServiceKey service, Endpoint server) {
    return weight(service, server, 0);
  }

  /**
   * Says whether a real server shall work, whatever its checks say.
   *
   * @param service of which service
   * @param server which
   * @param state in maintenance it gets nothing, even when all others are down
   * @return this
   */
  public Edit admin(ServiceKey service, Endpoint server, AdminState state) {
    return step(configuration -> configuration.edit(service, s -> s.withAdmin(server, state)));
  }

  /**
   * Keeps clients from servers that fail in another way.
   *
   * @param service of which service
   * @param how what is done
   * @return this
   */
  public Edit isolation(ServiceKey service, Isolation how) {
    return step(configuration -> configuration.edit(service, s -> s.withIsolation(how)));
  }

  /**
   * Quiesces a real server and waits until its last connection is gone; see {@link
   * Applied#drained}.
   *
   * @param service of which service
   * @param server which
   * @param deadline how long to wait at most, 0 or more
   * @return this
   * @throws IllegalArgumentException if {@code deadline} is negative
   */
  public Edit drain(ServiceKey service, Endpoint server, Duration deadline) {
    return drain(service, server, deadline, false);
  }

  /**
   * As {@link #drain(ServiceKey, Endpoint, Duration)}, and has the data planes close what is still
   * open at the deadline. As with every weight of 0, a client that persistence ties to the server
   * may come back to it, unless the service has {@code expireQuiescent}.
   *
   * @param service of which service
   * @param server which
   * @param deadline how long to wait at most, 0 or more
   * @return this
   * @throws IllegalArgumentException if {@code deadline} is negative
   */
  public Edit drainAndClose(ServiceKey service, Endpoint server, Duration deadline) {
    return drain(service, server, deadline, true);
  }

  private Edit drain(ServiceKey service, Endpoint server, Duration deadline, boolean cut) {
    if (deadline.isNegative()) {
      throw new IllegalArgumentException("deadline: " + deadline + " (expected: 0 or more)");
    }
    drains.add(new Drain(service, server, deadline, cut));
    return quiesce(service, server);
  }

  /**
   * Works out what {@link #apply} would do, and changes nothing. Blocks while names are looked up.
   *
   * @return the steps, and what speaks against them
   * @throws IllegalStateException if the director is not running, or the caller is one of its own
   *     threads
   */
  public DryRun dryRun() {
    return director.dryRun(this);
  }

  /**
   * Makes the change. Blocks until every data plane carries it; nothing is changed when it throws.
   *
   * @return what was done
   * @throws InvalidConfigurationException if a step or its outcome is not valid, a name cannot be
   *     resolved, or a data plane cannot carry it: a port is in use, for instance
   * @throws IllegalStateException if the director is not running, or the caller is one of its own
   *     threads
   */
  public Applied apply() {
    return director.apply(this);
  }

  Configuration of(Configuration before) {
    Configuration after = before;
    for (UnaryOperator<Configuration> step : steps) {
      after = step.apply(after);
    }
    return after;
  }

  List<Drain> drains() {
    return drains;
  }

  private Edit step(UnaryOperator<Configuration> step) {
    steps.add(step);
    return this;
  }
}

package io.evenkeel.persistence;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A persistent service under test: its table, a time that the test sets, and who comes next. */
final class Service {
  private static final long START = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(100);

  private final Flow flow = new Flow();
  private long nowNanos = START;
  final Templates templates;

  Service(PersistenceSpec spec) {
    this(spec, null);
  }

  Service(PersistenceSpec spec, @Nullable Changes changes) {
    templates = new Templates(spec, () -> nowNanos, changes);
  }

  static Destination cell(String endpoint) {
    try {
      Endpoint parsed = Endpoint.parse(endpoint);
      Destination cell =
          new Destination(
              ServiceKey.tcp("v:80"),
              parsed,
              new InetSocketAddress(
                  InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), parsed.port()),
              suspended -> {});
      cell.weight(1);
      return cell;
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /** Sets the time since the beginning. */
  void at(long nanos) {
    nowNanos = START + nanos;
  }

  long now() {
    return nowNanos;
  }

  /** A new connection of a client, an address literal, when the scheduler would choose this. */
  Assignment connect(String client, Destination scheduled) {
    Assignment assignment = new Assignment();
    Template template = find(client);
    if (template == null) {
      template = templates.tie(flow, scheduled, nowNanos);
    }
    assignment.assign(template.destination(), nowNanos, template);
    return assignment;
  }

  /** The same of a connection that is over at once; who got it. */
  Destination touch(String client, Destination scheduled) {
    Assignment assignment = connect(client, scheduled);
    assignment.release(Outcome.SUCCESS);
    return assignment.destination();
  }

  /** Held, if there is one. */
  @Nullable Template find(String client) {
    try {
      flow.client(new InetSocketAddress(InetAddress.getByName(client), 4711));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
    return templates.find(flow, nowNanos);
  }

  /** Whether a client has one; it is not held. */
  boolean has(String client) {
    return touchOf(client) != null;
  }

  private @Nullable Template touchOf(String client) {
    Template template = find(client);
    if (template != null) {
      template.released();
    }
    return template;
  }
}

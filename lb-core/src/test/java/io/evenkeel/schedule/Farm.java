package io.evenkeel.schedule;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A scheduler at work on servers that have names, one change at a time, for tests. */
final class Farm {
  /** What {@link #pick} says when nobody is found. */
  static final String NOBODY = "-";

  private final Scheduler scheduler;
  private final Map<String, Destination> cells = new HashMap<>();
  private final Map<String, Deque<Assignment>> open = new HashMap<>();
  private final Map<Destination, Integer> weights = new LinkedHashMap<>();
  private Flow flow = new Flow();
  private long nowNanos;
  private Destinations list = Destinations.empty();
  private @Nullable Selector selector;

  Farm(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Adds one server after the other, each a change of its own. */
  Farm add(String name, int weight) {
    weights.put(cell(name), weight);
    return changed();
  }

  /** Adds servers in one change: name, weight, name, weight. */
  Farm addTogether(Object... namesAndWeights) {
    for (int i = 0; i < namesAndWeights.length; i += 2) {
      weights.put(cell((String) namesAndWeights[i]), (Integer) namesAndWeights[i + 1]);
    }
    return changed();
  }

  Farm remove(String name) {
    weights.remove(cell(name));
    return changed();
  }

  Farm weight(String name, int weight) {
    weights.replace(cell(name), weight);
    return changed();
  }

  /** Sets what time it is; it is 0 before. */
  Farm at(long nanos) {
    nowNanos = nanos;
    return this;
  }

  /** Sets whose choices follow. */
  Farm client(long address) {
    flow.client(0, address, 1);
    return this;
  }

  Farm suspend(String name, boolean suspended) {
    cell(name).suspend(suspended);
    return this;
  }

  /** Opens connections to a server past the scheduler. */
  Farm load(String name, int active, int inactive) {
    for (int i = 0; i < active + inactive; i++) {
      Assignment assignment = new Assignment();
      assignment.assign(cell(name), 0);
      if (i < active) {
        assignment.established();
      }
      open.computeIfAbsent(name, n -> new ArrayDeque<>()).add(assignment);
    }
    return this;
  }

  /** Ends the oldest connection to a server, if it has one. */
  void endOne(String name) {
    Assignment oldest = open.getOrDefault(name, new ArrayDeque<>()).poll();
    if (oldest != null) {
      oldest.release(Outcome.SUCCESS);
    }
  }

  String pick() {
    Destination chosen = choose();
    return chosen == null ? NOBODY : chosen.endpoint().host();
  }

  /** So many choices, one after the other; the connections end at once. */
  String picks(int count) {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < count; i++) {
      names.append(pick());
    }
    return names.toString();
  }

  /** So many choices; the connections stay, active. */
  String picksKept(int count) {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < count; i++) {
      String name = pick();
      if (!name.equals(NOBODY)) {
        load(name, 1, 0);
      }
      names.append(name);
    }
    return names.toString();
  }

  @Nullable Destination choose() {
    return choose(flow);
  }

  @Nullable Destination choose(Flow from) {
    Selector current = selector;
    return current == null ? null : current.select(from, nowNanos);
  }

  Selection explain() {
    return explain(flow);
  }

  Selection explain(Flow from) {
    return Objects.requireNonNull(selector).explain(from, nowNanos);
  }

  /** What the next choices are made for. */
  Farm flow(Flow next) {
    flow = next;
    return this;
  }

  /** One of very many flows: client, its port and destination differ from those of others. */
  static Flow flow(int number) {
    int scattered = number * 0x9e37_79b1;
    return new Flow()
        .client(0, ipv4(scattered), 1024 + (number & 0x7fff))
        .destination(0, ipv4(~scattered), 80);
  }

  /** An IPv4 address as a flow gives it. */
  static long ipv4(int address) {
    return 0xffff_0000_0000L | Integer.toUnsignedLong(address);
  }

  Destination cell(String name) {
    return cells.computeIfAbsent(
        name,
        n ->
            new Destination(
                ServiceKey.tcp("v:80"),
                Endpoint.parse(n + ":1"),
                new InetSocketAddress(address(cells.size()), 8080),
                suspended -> {}));
  }

  Destinations list() {
    return list;
  }

  /** So many choices: how many each got, in list order; none of them may be of nobody. */
  long[] count(int choices) {
    long[] counts = new long[list.size()];
    for (int i = 0; i < choices; i++) {
      counts[list.indexOf(Objects.requireNonNull(choose()))]++;
    }
    return counts;
  }

  /** 10.0.0.0, 10.0.0.1 and so on, in the order in which servers are first named. */
  private static InetAddress address(int number) {
    byte[] bytes = {10, (byte) (number >> 16), (byte) (number >> 8), (byte) number};
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private Farm changed() {
    list = list.with(weights);
    Selector previous = selector;
    selector = scheduler.selector(list, previous);
    selector.begin();
    if (previous != null) {
      previous.end();
    }
    return this;
  }
}

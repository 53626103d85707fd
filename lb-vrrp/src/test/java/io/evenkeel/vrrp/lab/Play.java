package io.evenkeel.vrrp.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** One run of a scenario: two routers on a segment, and the third host that looks on. */
final class Play {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LEAST_REST = Duration.ofSeconds(1);

  private final Segment segment;
  private final Sampler sampler;
  private final Map<Host, Contender> contenders;
  private final Map<Host, Settings> settings = new EnumMap<>(Host.class);

  Play(
      Segment segment,
      Sampler sampler,
      Map<Host, Contender> contenders,
      Settings low,
      Settings high) {
    this.segment = segment;
    this.sampler = sampler;
    this.contenders = contenders;
    settings.put(Host.LOW, low);
    settings.put(Host.HIGH, high);
  }

  Settings settings(Host host) {
    return settings.get(host);
  }

  /** Before it is started. */
  void set(Host host, Settings wanted) {
    settings.put(host, wanted);
  }

  void start(Host... hosts) throws IOException {
    for (Host host : hosts) {
      contenders.get(host).start(settings.get(host));
    }
  }

  /** Starts both, and returns between two advertisements of the master. */
  void begin() throws IOException {
    start(Host.HIGH, Host.LOW);
    awaitOwner(Host.HIGH);
    align(Host.HIGH);
  }

  /** Does ahead what takes long when it is started again. */
  void prepare(Host host) throws IOException {
    contenders.get(host).prepare();
  }

  void stop(Host host) throws IOException {
    contenders.get(host).stop();
  }

  void kill(Host host) throws IOException {
    contenders.get(host).kill();
  }

  void pause(Host host, boolean paused) throws IOException {
    contenders.get(host).pause(paused);
  }

  void priority(Host host, int priority) throws IOException {
    contenders.get(host).priority(priority);
  }

  void cable(Host host, boolean plugged) throws IOException {
    segment.cable(host, plugged);
  }

  void deaf(Host host, boolean deaf) throws IOException {
    segment.deaf(host, deaf);
  }

  /** Until it alone answers. */
  void awaitOwner(Host host) throws IOException {
    await(host.number, host + " alone");
  }

  /** Until both answer. */
  void awaitBoth() throws IOException {
    await(Host.LOW.number | Host.HIGH.number, "both");
  }

  /** Until it answers, whoever else does. */
  void awaitAnswer(Host host) throws IOException {
    if (!sampler.await(trace -> (hosts(trace) & host.number) != 0, PATIENCE)) {
      throw new IOException(host + " does not answer: " + sampler.trace().path());
    }
  }

  private void await(int hosts, String who) throws IOException {
    if (!sampler.await(trace -> hosts(trace) == hosts, PATIENCE)) {
      throw new IOException("awaited in vain: " + who + "; " + sampler.trace().path());
    }
  }

  private static int hosts(Trace trace) {
    return trace.owners().isEmpty() ? 0 : trace.owners().get(trace.owners().size() - 1).hosts();
  }

  /** Until half an interval after a regular advertisement of a master: always the same moment. */
  void align(Host host) throws IOException {
    long interval = Duration.ofMillis(settings.get(host).intervalMillis()).toNanos();
    // Not those that are sent out of turn when there has been a change.
    long from = System.nanoTime() + interval * 3 / 2;
    Trace.Advert[] found = new Trace.Advert[1];
    if (!sampler.await(
        trace -> {
          for (Trace.Advert advert : trace.adverts()) {
            if (advert.host() == host.number && advert.nanos() - from > 0) {
              found[0] = advert;
              return true;
            }
          }
          return false;
        },
        PATIENCE)) {
      throw new IOException("no advertisement of " + host + ": " + sampler.trace().path());
    }
    sleep(Duration.ofNanos(found[0].nanos() + interval / 2 - System.nanoTime()));
  }

  /** Long enough for whatever follows of what happened. */
  void rest() throws IOException {
    int interval =
        Math.max(settings(Host.LOW).intervalMillis(), settings(Host.HIGH).intervalMillis());
    long down =
        Math.max(
            settings(Host.LOW).masterDownMillis(interval),
            settings(Host.HIGH).masterDownMillis(interval));
    sleep(Duration.ofMillis(down + Math.max(interval, LEAST_REST.toMillis())));
  }

  private static void sleep(Duration duration) throws IOException {
    try {
      Thread.sleep(Math.max(0, duration.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}

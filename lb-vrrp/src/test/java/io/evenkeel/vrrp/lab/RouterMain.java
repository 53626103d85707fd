package io.evenkeel.vrrp.lab;

import java.util.List;

/**
 * One of our routers in a process of its own. It says {@link #READY} once it has loaded what takes
 * long, reads {@link #line its settings}, starts, and prints each phase that it enters; then it
 * reads {@link #PRIORITY} and {@link #STOP}.
 */
final class RouterMain {
  static final String READY = "ready";
  static final String PHASE = "phase ";
  static final String PRIORITY = "priority ";
  static final String STOP = "stop";

  private RouterMain() {}

  /** Settings in one line. */
  static String line(Settings settings) {
    return String.join(
        " ",
        List.of(
            settings.host().name(),
            settings.version().name(),
            Boolean.toString(settings.ipv6()),
            Boolean.toString(settings.unicast()),
            Integer.toString(settings.priority()),
            Integer.toString(settings.intervalMillis()),
            Boolean.toString(settings.preempts()),
            Integer.toString(settings.preemptDelaySeconds()),
            settings.authentication(),
            settings.secret()));
  }
}

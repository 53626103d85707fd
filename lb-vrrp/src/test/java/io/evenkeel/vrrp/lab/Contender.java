package io.evenkeel.vrrp.lab;

import io.evenkeel.vrrp.protocol.Phase;
import java.io.IOException;
import java.util.List;

/**
 * A router of the lab, ours or keepalived, in a process of its own in its host's network namespace.
 * Of one thread.
 */
interface Contender extends AutoCloseable {

  /** Does ahead what takes long and is not to be measured. */
  void prepare() throws IOException;

  /** Starts it; returns when it is backup or master. */
  void start(Settings settings) throws IOException;

  /** Ends it as an operator does, and waits until it has. */
  void stop() throws IOException;

  /** Ends it without a word: its addresses stay. */
  void kill() throws IOException;

  /** Lets it stand still, or run on. */
  void pause(boolean paused) throws IOException;

  /** Changes its priority while it runs. */
  void priority(int priority) throws IOException;

  /** What it said of itself last. */
  Phase phase();

  /** All that it said. */
  List<String> log();

  /** Kills it if it is still there. */
  @Override
  void close() throws IOException;

  /** Who makes a router. */
  enum Kind {
    /** Debian's keepalived. */
    KEEPALIVED,
    /** {@link RouterMain}. */
    OURS;

    Contender on(Segment segment, Host host) {
      return this == KEEPALIVED ? new Keepalived(segment, host) : new Ours(segment, host);
    }
  }
}

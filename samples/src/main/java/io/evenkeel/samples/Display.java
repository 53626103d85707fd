package io.evenkeel.samples;

/** Where the quick start shows itself. Used by one thread. */
interface Display extends AutoCloseable {

  /** Called some times a second. */
  void show(Frame frame);

  /** Something happened. */
  void event(double seconds, String text);

  /** Leaves the terminal as it was found; what was shown stays. */
  @Override
  void close();
}

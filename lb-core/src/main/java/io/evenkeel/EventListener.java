package io.evenkeel;

/** Is told of every {@link Event}. */
@FunctionalInterface
public interface EventListener {

  /**
   * Called for one event at a time, in the order in which they happened, outside all locks, and not
   * before what it says is in effect: a dispatcher sends clients to the server that is said to be
   * up, and data planes have been told. The next event waits for the return, at most for the
   * director's listener time-out; then the thread is interrupted and the next event delivered. What
   * it throws is logged.
   *
   * @param event what happened
   */
  void onEvent(Event event);
}

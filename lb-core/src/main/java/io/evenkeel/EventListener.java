package io.evenkeel;

/** Is told of every {@link Event}. */
@FunctionalInterface
public interface EventListener {

  /**
   * Called for one event at a time, in the order in which they happened, outside all locks, and not
   * before what it says is in effect: who hears that a server is up is dispatched to it. The next
   * event waits for the return, at most for the director's listener time-out; then the thread is
   * interrupted and the next event delivered. What it throws is logged.
   *
   * @param event what happened
   */
  void onEvent(Event event);
}

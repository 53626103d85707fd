package io.evenkeel.vrrp;

/**
 * Hears what a router does: one event at a time, in order, on a thread of the router's own, awaited
 * with a bound. Whatever it does, and however long, no advertisement waits for it.
 */
@FunctionalInterface
public interface VrrpListener {

  /**
   * Something has happened.
   *
   * @param event what
   * @throws Exception which is logged
   */
  void onEvent(VrrpEvent event) throws Exception;
}

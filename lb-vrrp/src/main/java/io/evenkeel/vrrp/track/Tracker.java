package io.evenkeel.vrrp.track;

import java.util.function.Consumer;

/** Something that routers depend on. One may be given to several routers. Thread-safe. */
public interface Tracker {

  /**
   * What it is, for log, status and meters.
   *
   * @return such as {@code script chk_nginx}
   */
  String name();

  /**
   * What it does to a router as long as nothing is known yet.
   *
   * @return at the start
   */
  Contribution initial();

  /**
   * Begins to watch.
   *
   * @param consumer told of each change, from any thread, one at a time; returns at once
   * @return ends the watching; a change may still be told once afterwards
   */
  AutoCloseable watch(Consumer<? super Contribution> consumer);
}

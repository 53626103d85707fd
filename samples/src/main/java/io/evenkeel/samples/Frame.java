package io.evenkeel.samples;

import io.evenkeel.health.ServerState;
import java.util.List;

/**
 * What there is to be seen at one moment. Immutable.
 *
 * @param seconds since the beginning
 * @param servers one row each
 * @param requests answered or failed so far
 * @param failed so far
 * @param perSecond requests in the last second
 */
record Frame(double seconds, List<Row> servers, long requests, long failed, double perSecond) {

  /**
   * A server.
   *
   * @param name for people
   * @param address where it listens
   * @param state what the director holds of it
   * @param share of the last second's requests, 0..1
   * @param active established connections
   * @param answered requests so far
   */
  record Row(
      String name, String address, ServerState state, double share, int active, long answered) {}
}

package io.evenkeel.proxy;

import io.evenkeel.transport.Transport;
import java.util.stream.Stream;

/** What a proxy runs on: a transport, and how many event loops (several share the address). */
record Wiring(Transport transport, int loops) {

  /** Every transport that works on this machine, with one event loop and with two. */
  static Stream<Wiring> all() {
    return Stream.of(Transport.values())
        .filter(Transport::isAvailable)
        .flatMap(transport -> Stream.of(new Wiring(transport, 1), new Wiring(transport, 2)));
  }

  /** Every transport that works on this machine, with two event loops. */
  static Stream<Wiring> transports() {
    return all().filter(wiring -> wiring.loops == 2);
  }

  static Wiring best() {
    return new Wiring(Transport.best(), 2);
  }

  @Override
  public String toString() {
    return transport + ", loops: " + loops;
  }
}

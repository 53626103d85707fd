package io.evenkeel.samples;

import io.evenkeel.vrrp.VirtualRouter;
import io.evenkeel.vrrp.track.Trackers;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** An address that moves to another host when this one fails: an example of the README. */
final class Failover {
  private Failover() {}

  static VirtualRouter start(BooleanSupplier isReady) throws IOException {
    VirtualRouter web =
        VirtualRouter.builder("web")
            .device("eth0")
            .vrid(51)
            .priority(100)
            .virtualAddress("192.0.2.100/24")
            .track(Trackers.condition("ready", Duration.ofSeconds(1), isReady))
            .listener(event -> System.out.println(event))
            .build();
    web.start();
    return web;
  }
}

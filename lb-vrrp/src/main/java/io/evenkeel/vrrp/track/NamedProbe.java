package io.evenkeel.vrrp.track;

import java.util.concurrent.CompletableFuture;

/** A probe that reports call by its name. */
final class NamedProbe implements Probe {
  private final String name;
  private final Probe probe;

  NamedProbe(String name, Probe probe) {
    this.name = name;
    this.probe = probe;
  }

  @Override
  public CompletableFuture<Boolean> probe() {
    return probe.probe();
  }

  @Override
  public String toString() {
    return name;
  }
}

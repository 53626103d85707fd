package io.evenkeel.vrrp.track;

import io.evenkeel.Director;
import io.evenkeel.model.ServiceKey;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Whether a director's service has its quorum, once every server has had its first verdict. */
final class ServiceQuorum implements BooleanSupplier {
  private final Director director;
  private final ServiceKey service;

  /** Asked for once: the director keeps everything that waits for it. */
  private @Nullable CompletableFuture<Void> ready;

  ServiceQuorum(Director director, ServiceKey service) {
    this.director = director;
    this.service = service;
  }

  @Override
  public boolean getAsBoolean() {
    CompletableFuture<Void> first = ready;
    if (first == null) {
      first = director.ready();
      ready = first;
    }
    return first.isDone() && director.hasQuorum(service);
  }
}

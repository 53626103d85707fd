package io.evenkeel.kernel.plane;

import io.evenkeel.DataPlane;
import io.evenkeel.Director;
import io.evenkeel.EffectiveService;
import io.evenkeel.PlaneContext;
import io.evenkeel.model.VirtualService;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What a director gives to its planes. */
final class Recorder implements DataPlane {
  List<EffectiveService> services = List.of();
  private @Nullable PlaneContext context;

  private Recorder() {}

  /** Of a director that was there for a moment. */
  static Recorder of(VirtualService... services) {
    Recorder recorder = new Recorder();
    Director.Builder builder =
        Director.builder()
            .threads(1)
            .dataPlane(
                context -> {
                  recorder.context = context;
                  return recorder;
                });
    List.of(services).forEach(builder::service);
    try (Director director = builder.build()) {
      director.start();
    }
    return recorder;
  }

  PlaneContext context() {
    return Objects.requireNonNull(context);
  }

  @Override
  public List<String> validate(Collection<VirtualService> wanted) {
    return Limits.problems(wanted, false);
  }

  @Override
  public CompletionStage<Void> apply(Collection<EffectiveService> wanted) {
    services = List.copyOf(wanted);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Integer> close(Duration grace) {
    return CompletableFuture.completedFuture(0);
  }
}

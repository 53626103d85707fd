package io.evenkeel.benchmark;

import io.evenkeel.Director;
import io.evenkeel.Dispatcher;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destinations;
import io.evenkeel.schedule.Scheduler;
import io.evenkeel.schedule.Schedulers;
import io.evenkeel.schedule.Selector;
import io.evenkeel.transport.Transport;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A service to choose from. The same seed gives the same pool. Nothing listens there, and nothing
 * is checked.
 */
final class Pool implements AutoCloseable {
  static final long SEED = 20261120;

  private static final int PORT = 8080;

  private final Director director;
  private final Dispatcher dispatcher;

  /** Written on the director's thread while it starts. */
  private volatile @Nullable Destinations destinations;

  private volatile @Nullable Selector selector;

  private Pool(String scheduler, int servers, int weights) {
    Scheduler original = Schedulers.named(scheduler).orElseThrow();
    SplittableRandom random = new SplittableRandom(SEED);
    VirtualService.Builder service = VirtualService.tcp("127.255.0.1:80").scheduler(scheduler);
    for (int i = 0; i < servers; i++) {
      service.realServer(RealServer.of(endpoint(i)).withWeight(1 + random.nextInt(weights)));
    }
    VirtualService built = service.build();
    // Under its own name, the scheduler hands over what it was given and what it made of it.
    director =
        Director.builder()
            .transport(Transport.NIO)
            .threads(1)
            .scheduler(
                scheduler,
                (list, previous) -> {
                  Selector made = original.selector(list, previous);
                  destinations = list;
                  selector = made;
                  return made;
                })
            .service(built)
            .build();
    director.start();
    dispatcher = director.dispatcher(built.key());
  }

  /** Servers with weights from 1 to a number. */
  static Pool start(String scheduler, int servers, int weights) {
    return new Pool(scheduler, servers, weights);
  }

  Director director() {
    return director;
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  Destinations destinations() {
    return Objects.requireNonNull(destinations);
  }

  Selector selector() {
    return Objects.requireNonNull(selector);
  }

  @Override
  public void close() {
    director.close(Duration.ZERO);
  }

  /** From 127.0.0.1 on, without .0 and .255. */
  private static Endpoint endpoint(int index) {
    return new Endpoint("127.0." + index / 250 + "." + (index % 250 + 1), PORT);
  }
}

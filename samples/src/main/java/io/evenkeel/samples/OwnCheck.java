package io.evenkeel.samples;

import io.evenkeel.Director;
import io.evenkeel.Dispatcher;
import io.evenkeel.Event;
import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Flow;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** A check of one's own: a copy of a database is fit while it lags little behind. */
final class OwnCheck {
  private OwnCheck() {}

  /**
   * By so many seconds at most. How it is asked may block: it is done on a pool of the check's own,
   * whose threads do not keep the JVM. Who finds it full has no result, and tries again later.
   */
  record Lag(ToLongFunction<Endpoint> seconds, long most) implements HealthCheck {
    private static final Executor POOL =
        new ThreadPoolExecutor(
            0,
            8,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new DefaultThreadFactory("lag", true));

    @Override
    public String name() {
      return "lag";
    }

    @Override
    public CompletionStage<CheckResult> check(CheckTarget target) {
      try {
        return CompletableFuture.supplyAsync(() -> judge(target.endpoint()), POOL);
      } catch (RejectedExecutionException e) {
        return CompletableFuture.completedFuture(CheckResult.none("too many at the same time"));
      }
    }

    private CheckResult judge(Endpoint copy) {
      long lag = seconds.applyAsLong(copy);
      return lag <= most
          ? CheckResult.pass(lag + " s")
          : CheckResult.fail(lag + " s (expected: 0.." + most + " s)");
    }
  }

  public static void main(String[] args) throws InterruptedException {
    run(System.out);
  }

  static void run(PrintStream out) throws InterruptedException {
    // Stands for a question to the database.
    ToLongFunction<Endpoint> ask = copy -> copy.port() == 9001 ? 2 : 90;
    CheckSpec check =
        CheckSpec.of(new Lag(ask, 30))
            .every(Duration.ofMillis(10), Duration.ofMillis(10))
            .counts(1, 1);
    VirtualService service =
        VirtualService.tcp("127.0.0.1:80")
            .realServer("127.0.0.1:9001")
            .realServer("127.0.0.1:9002")
            .check(check)
            .build();
    CountDownLatch down = new CountDownLatch(1);
    try (Director director =
        Director.builder()
            .service(service)
            .listener(
                event -> {
                  if (event.kind() == Event.Kind.SERVER_DOWN) {
                    out.println(event);
                    down.countDown();
                  }
                })
            .build()
            .start()) {
      down.await();
      Dispatcher dispatcher = director.dispatcher(service.key());
      for (int i = 1; i <= 3; i++) {
        Assignment assignment = new Assignment();
        dispatcher.dispatch(new Flow(), assignment);
        out.println(i + ": " + assignment.destination().endpoint());
      }
    }
  }
}

package io.evenkeel.kernel.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.model.VirtualService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IpvsDataPlaneTest {
  private final FakeKernel kernel = new FakeKernel();
  private final Recorder recorder =
      Recorder.of(
          VirtualService.tcp("10.0.0.1:80").scheduler("rr").realServer("10.0.0.2:8080").build());

  @TempDir private Path directory;
  private final CountDownLatch reading = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  @AfterEach
  void letGo() {
    goOn.countDown();
  }

  private IpvsDataPlane plane(Duration resync) {
    return new IpvsDataPlane(
        IpvsPlane.builder(directory.resolve("state")).resync(resync).build(),
        recorder.context(),
        namespace -> kernel);
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static Throwable failure(CompletionStage<?> stage) {
    return assertThrows(ExecutionException.class, () -> get(stage)).getCause();
  }

  private static void assertClosed(CompletionStage<?> stage) {
    assertEquals(
        "closed", assertInstanceOf(IllegalStateException.class, failure(stage)).getMessage());
  }

  /** Has the next reading wait. */
  private void holdReading() {
    kernel.reading =
        () -> {
          reading.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
  }

  private List<Integer> weights() {
    return kernel.table.values().stream()
        .flatMap(listing -> listing.destinations().stream())
        .map(destination -> destination.weight())
        .toList();
  }

  @Test
  void apply_whileItCloses_failsAndLeavesWeight0() throws Exception {
    IpvsDataPlane plane = plane(Duration.ofHours(1));
    get(plane.apply(recorder.services));
    assertEquals(List.of(1), weights());

    kernel.active = 1;
    CountDownLatch polled = new CountDownLatch(2);
    kernel.reading = polled::countDown;
    CompletionStage<Integer> closing = plane.close(Duration.ofHours(1));
    polled.await();

    assertClosed(plane.apply(recorder.services));
    assertEquals(List.of(0), weights());
    kernel.active = 0;
    assertEquals(0, get(closing));
    assertEquals(List.of(), weights());
  }

  @Test
  void apply_queuedWhenItEnds_fails() throws Exception {
    IpvsDataPlane plane = plane(Duration.ofHours(1));
    get(plane.apply(recorder.services));
    holdReading();
    CompletionStage<Integer> closing = plane.close(Duration.ZERO);
    reading.await();
    CompletionStage<Void> queued = plane.apply(recorder.services);
    goOn.countDown();

    assertEquals(0, get(closing));
    assertClosed(queued);
  }

  @Test
  void apply_closed_fails() throws Exception {
    IpvsDataPlane plane = plane(Duration.ofHours(1));
    get(plane.close(Duration.ZERO));

    assertClosed(plane.apply(recorder.services));
    assertClosed(plane.apply(recorder.services));
  }

  @Test
  void apply_error_failsWithIt() throws Exception {
    IpvsDataPlane plane = plane(Duration.ofHours(1));
    kernel.reading =
        () -> {
          throw new NoClassDefFoundError("Some");
        };
    assertInstanceOf(NoClassDefFoundError.class, failure(plane.apply(recorder.services)));
    kernel.reading = () -> {};

    get(plane.apply(recorder.services));
    assertEquals(List.of(1), weights());
    get(plane.close(Duration.ZERO));
  }

  @Test
  void resync_error_goesOn() throws Exception {
    IpvsDataPlane plane = plane(Duration.ofMillis(10));
    get(plane.apply(recorder.services));
    CountDownLatch twice = new CountDownLatch(2);
    kernel.reading =
        () -> {
          twice.countDown();
          throw new NoClassDefFoundError("Some");
        };

    assertEquals(true, twice.await(20, TimeUnit.SECONDS));
    kernel.reading = () -> {};
    get(plane.close(Duration.ZERO));
  }

  @Test
  void close_error_failsWithIt() throws Exception {
    IpvsDataPlane plane = plane(Duration.ofHours(1));
    get(plane.apply(recorder.services));
    kernel.reading =
        () -> {
          throw new NoClassDefFoundError("Some");
        };

    assertInstanceOf(NoClassDefFoundError.class, failure(plane.close(Duration.ZERO)));
    assertClosed(plane.apply(recorder.services));
  }
}

package io.evenkeel.vrrp.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What a tracker says. */
final class Heard implements Consumer<Contribution> {
  private static final long SECONDS = 30;

  private final BlockingQueue<Contribution> all = new LinkedBlockingQueue<>();

  @Override
  public void accept(Contribution contribution) {
    all.add(contribution);
  }

  /** Waits for the next: a number of points, or "fault". */
  String next(String expected) throws InterruptedException {
    Contribution next = all.poll(SECONDS, TimeUnit.SECONDS);
    assertTrue(next != null, "nothing heard, expected " + expected);
    assertEquals(expected, text(next), next.reason());
    return next.reason();
  }

  /** What has come and was not asked for. */
  List<Contribution> rest() {
    List<Contribution> rest = new ArrayList<>();
    all.drainTo(rest);
    return rest;
  }

  static String text(Contribution contribution) {
    return contribution.isFault() ? "fault" : String.valueOf(contribution.points());
  }
}

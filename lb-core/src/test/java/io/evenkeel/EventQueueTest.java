package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.hook.EventQueue;
import io.evenkeel.hook.ListenerCalls;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventQueueTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final ManualScheduler time = new ManualScheduler();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  private EventQueue<EventListener, Event> queue(Executor executor, EventListener... listeners) {
    return new EventQueue<>(
        List.of(listeners), EventListener::onEvent, new ListenerCalls(executor, time, TIMEOUT));
  }

  /** Keeps the first tasks, one for each listener, and runs the others on the adding thread. */
  private static final class HeldUp implements Executor {
    private final List<Runnable> held = new ArrayList<>();
    private final int listeners;

    HeldUp(int listeners) {
      this.listeners = listeners;
    }

    @Override
    public void execute(Runnable task) {
      if (held.size() < listeners) {
        held.add(task);
      } else {
        task.run();
      }
    }

    void goOn() {
      held.forEach(Runnable::run);
    }
  }

  private static Event event(Object text) {
    return new Event(Event.Kind.CONFIGURED, Instant.EPOCH, null, null, text.toString());
  }

  private void hear(Event event) {
    heard.add(event.text());
  }

  @Test
  void add_severalListeners_eachHearsAllInOrder() throws Exception {
    EventQueue<EventListener, Event> queue =
        queue(threads, e -> heard.add("first " + e), e -> heard.add("second " + e));

    queue.add(event(1));
    queue.add(event(2));
    queue.await();

    assertHeardInOrder();
    assertEquals(List.of(), time.pending());
  }

  @Test
  void add_oneListenerBlocks_theOthersHear() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    EventQueue<EventListener, Event> queue = queue(threads, e -> awaitQuietly(gate), this::hear);

    queue.add(event(1));
    queue.add(event(2));
    Await.until("both", () -> heard.size() == 2);
    gate.countDown();
    queue.await();

    assertEquals(List.of("1", "2"), heard);
  }

  @Test
  void add_listenersOnManyThreads_oneAtATimeInOrder() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicBoolean overlapped = new AtomicBoolean();
    EventQueue<EventListener, Event> queue =
        queue(
            threads,
            e -> {
              overlapped.compareAndSet(false, inside.incrementAndGet() != 1);
              hear(e);
              inside.decrementAndGet();
            });

    IntStream.range(0, 2000).forEach(i -> queue.add(event(i)));
    queue.await();

    assertEquals(IntStream.range(0, 2000).mapToObj(String::valueOf).toList(), heard);
    assertFalse(overlapped.get());
  }

  @Test
  void add_noListeners_isDoneAtOnce() throws Exception {
    EventQueue<EventListener, Event> queue = queue(threads);
    queue.add(event(1));
    queue.await();

    assertEquals(List.of(), time.pending());
  }

  @Test
  void add_listenerBlocks_isInterruptedAtTheTimeoutAndTheNextComes() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    EventQueue<EventListener, Event> queue =
        queue(
            threads,
            e -> {
              if (e.text().equals("1")) {
                blockUntilInterrupted(started, interrupted);
              }
              hear(e);
            });
    queue.add(event(1));
    queue.add(event(2));
    assertTrue(started.await(60, TimeUnit.SECONDS));

    time.advance(TIMEOUT.minusNanos(1));
    assertEquals(1, interrupted.getCount());
    time.advance(Duration.ofNanos(1));

    assertTrue(interrupted.await(60, TimeUnit.SECONDS));
    queue.await();
    Await.until("event 2", () -> heard.contains("2"));
  }

  private static void blockUntilInterrupted(CountDownLatch started, CountDownLatch interrupted) {
    try {
      started.countDown();
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      interrupted.countDown();
    }
  }

  @Test
  void add_listenerThrows_theNextComes() throws Exception {
    EventQueue<EventListener, Event> queue =
        queue(
            threads,
            e -> {
              heard.add("first " + e);
              throw new IllegalStateException("oops");
            },
            e -> heard.add("second " + e),
            e -> {
              throw new AssertionError("oops");
            });

    queue.add(event(1));
    queue.add(event(2));
    queue.await();

    assertHeardInOrder();
  }

  private void assertHeardInOrder() {
    for (String who : List.of("first", "second")) {
      assertEquals(
          List.of(who + " 1", who + " 2"), heard.stream().filter(h -> h.startsWith(who)).toList());
    }
  }

  @Test
  void add_executorRejects_theNextIsTriedAgain() throws Exception {
    AtomicBoolean full = new AtomicBoolean(true);
    EventQueue<EventListener, Event> queue =
        queue(
            task -> {
              if (full.get()) {
                throw new RejectedExecutionException("full");
              }
              task.run();
            },
            this::hear);

    queue.add(event(1));
    full.set(false);
    queue.add(event(2));
    queue.await();

    assertEquals(List.of("2"), heard);
  }

  /** As a thread pool does that cannot start a thread: OutOfMemoryError. */
  @Test
  void add_executorFailsOtherwise_theNextIsTriedAgain() throws Exception {
    AtomicBoolean broken = new AtomicBoolean(true);
    EventQueue<EventListener, Event> queue =
        queue(
            task -> {
              if (broken.get()) {
                throw new OutOfMemoryError("unable to create native thread (a test)");
              }
              task.run();
            },
            this::hear);

    queue.add(event(1));
    broken.set(false);
    queue.add(event(2));
    queue.await();

    assertEquals(List.of("2"), heard);
  }

  @Test
  void add_tooManyWait_theNextIsDroppedAndTheRestDelivered() {
    HeldUp executor = new HeldUp(1);
    EventQueue<EventListener, Event> queue = queue(executor, this::hear);

    int most = EventQueue.MAX_WAITING;
    IntStream.range(0, most + 1).forEach(i -> queue.add(event(i)));
    executor.goOn();
    assertEquals(most, heard.size());
    queue.add(event("more"));

    // One too many were waiting: the last of them was not taken.
    assertEquals(most + 1, heard.size());
    assertEquals("more", heard.get(most));
    assertFalse(heard.contains(String.valueOf(most)));
  }

  /** What the start of a director with ten thousand servers and their failing at once say. */
  @Test
  void add_burstOfTenThousandServers_noListenerMissesOne() {
    HeldUp executor = new HeldUp(3);
    EventQueue<EventListener, Event> queue = queue(executor, this::hear, this::hear, this::hear);

    IntStream.range(0, 20_000).forEach(i -> queue.add(event(i)));
    assertEquals(List.of(), heard);
    executor.goOn();

    assertEquals(60_000, heard.size());
  }

  /** A listener's thread may be the one that adds: nothing nests as deep as the queue is long. */
  @Test
  void add_manyWaitOnADirectExecutor_allAreDelivered() throws Exception {
    HeldUp executor = new HeldUp(1);
    EventQueue<EventListener, Event> queue = queue(executor, this::hear);
    IntStream.range(0, 9_000).forEach(i -> queue.add(event(i)));
    assertEquals(List.of(), heard);

    executor.goOn();
    queue.await();

    assertEquals(IntStream.range(0, 9_000).mapToObj(String::valueOf).toList(), heard);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WalkTest {
  private final List<TcpRelay> all = relays(2 * Walk.AT_ONCE + 1);
  private final List<TcpRelay> met = new ArrayList<>();

  /** Its event loop runs what it is told to run when it is told, with a clock of its own. */
  private final EmbeddedChannel channel = new EmbeddedChannel();

  private static List<TcpRelay> relays(int count) {
    List<TcpRelay> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      list.add(new TcpRelay(null, null));
      if (i > 0) {
        list.get(i - 1).next = list.get(i);
      }
    }
    return list;
  }

  private Walk walk(EventLoop loop, Consumer<TcpRelay> action) {
    return new Walk(loop, () -> all.get(0), action);
  }

  @BeforeEach
  void freezeTime() {
    channel.freezeTime();
  }

  @Test
  void start_moreThanAtOnce_pausesAndMeetsAll() {
    CompletableFuture<Void> ended = walk(channel.eventLoop(), met::add).start();

    channel.runPendingTasks();
    assertEquals(Walk.AT_ONCE, met.size());
    channel.runPendingTasks();
    assertEquals(Walk.AT_ONCE, met.size());
    channel.advanceTimeBy(Walk.PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    channel.runPendingTasks();
    assertEquals(2 * Walk.AT_ONCE, met.size());
    assertFalse(ended.isDone());
    channel.advanceTimeBy(Walk.PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    channel.runPendingTasks();
    assertEquals(all, met);
    assertTrue(ended.isDone());
  }

  @Test
  void start_loopEndsInAPause_completes() {
    CompletableFuture<Void> ended = walk(channel.eventLoop(), met::add).start();
    channel.runPendingTasks();

    // Cancels what was to be done later.
    channel.close();

    assertTrue(ended.isDone());
    assertEquals(Walk.AT_ONCE, met.size());
  }

  @Test
  void start_actionThrows_completes() {
    CompletableFuture<Void> ended =
        walk(
                channel.eventLoop(),
                relay -> {
                  throw new IllegalStateException("thrown by the test");
                })
            .start();

    channel.runPendingTasks();

    assertTrue(ended.isDone());
  }

  @Test
  void start_loopHasEnded_completes() throws Exception {
    DefaultEventLoop loop = new DefaultEventLoop();
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).await();

    CompletableFuture<Void> ended = walk(loop, met::add).start();

    assertTrue(ended.isDone());
    assertEquals(List.of(), met);
  }

  /** A loop that ends runs what it was told once more, when it cancels nothing any more. */
  @Test
  void start_loopIsAboutToEnd_completes() throws Exception {
    DefaultEventLoop loop = new DefaultEventLoop();
    CompletableFuture<CompletableFuture<Void>> started = new CompletableFuture<>();
    loop.addShutdownHook(() -> started.complete(walk(loop, met::add).start()));

    loop.execute(
        () -> {
          loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
          // Keeps the loop from its hooks for one round.
          loop.execute(() -> {});
        });

    loop.terminationFuture().await();
    assertTrue(started.join().isDone());
  }
}

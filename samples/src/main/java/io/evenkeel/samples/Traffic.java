package io.evenkeel.samples;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** Clients that send requests one after the other, each on a connection of its own. */
final class Traffic {

  /** A request that was not answered. */
  record Failure(long startNanos, long endNanos, String reason) {

    /** Whether it was on its way at some moment from one time to another. */
    boolean wasOnItsWay(long fromNanos, long toNanos) {
      return startNanos - toNanos <= 0 && endNanos - fromNanos >= 0;
    }
  }

  private final InetSocketAddress target;
  private final List<String> servers;
  private final Duration pause;
  private final LongAdder[] answered;
  private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> clients = new ArrayList<>();

  /** Written by who stops it, read by the clients. */
  private volatile boolean stopping;

  /** Answers are counted by the name in them. */
  Traffic(InetSocketAddress target, List<String> servers, Duration pause) {
    this.target = target;
    this.servers = List.copyOf(servers);
    this.pause = pause;
    this.answered = new LongAdder[servers.size()];
    for (int i = 0; i < answered.length; i++) {
      answered[i] = new LongAdder();
    }
  }

  void start(int count) {
    for (int i = 0; i < count; i++) {
      Thread client = new Thread(this::sendRequests, "client-" + i);
      client.setDaemon(true);
      clients.add(client);
      client.start();
    }
  }

  /** Sends no more requests. */
  void stop() {
    stopping = true;
  }

  /** Waits for the answers that are on their way. */
  void await() throws InterruptedException {
    for (Thread client : clients) {
      client.join();
    }
  }

  /** Answers so far, for each server. */
  List<Long> answered() {
    return Arrays.stream(answered).map(LongAdder::sum).toList();
  }

  /** Requests so far that were answered or failed. */
  long requests() {
    return answered().stream().mapToLong(Long::longValue).sum() + failed();
  }

  List<Failure> failures() {
    return List.copyOf(failures);
  }

  long failed() {
    return failures.size();
  }

  private void sendRequests() {
    try {
      while (!stopping) {
        request();
        Thread.sleep(pause.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void request() {
    long start = System.nanoTime();
    try (HttpExchange exchange = HttpExchange.connect(target)) {
      String answer = exchange.get("/");
      int server = servers.indexOf(answer);
      if (server < 0) {
        throw new IOException("an answer of nobody: " + answer);
      }
      answered[server].increment();
    } catch (IOException e) {
      failures.add(new Failure(start, System.nanoTime(), String.valueOf(e.getMessage())));
    }
  }
}

package io.evenkeel.fault;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** HTTP requests, each on a connection of its own, from several threads, until told to end. */
final class Load {
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final InetSocketAddress target;
  private final AtomicInteger next = new AtomicInteger();
  private final LongAdder failed = new LongAdder();
  private final List<Thread> threads = new ArrayList<>();

  /** How many requests there are in all; unknown at first. */
  private volatile int requests = Integer.MAX_VALUE;

  /** Answers per server; replaced to begin a new count. */
  private volatile Map<String, LongAdder> answers = new ConcurrentHashMap<>();

  Load(InetSocketAddress target, int clients) {
    this.target = target;
    for (int i = 0; i < clients; i++) {
      threads.add(new Thread(this::run, "client-" + i));
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /** How many requests were begun. */
  int begun() {
    return Math.min(next.get(), requests);
  }

  long failed() {
    return failed.sum();
  }

  /** Counts answers anew, and ends after so many more requests. */
  void finish(int more) {
    answers = new ConcurrentHashMap<>();
    requests = next.get() + more;
  }

  Map<String, LongAdder> answers() {
    return answers;
  }

  void join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void run() {
    while (next.getAndIncrement() < requests) {
      Map<String, LongAdder> count = answers;
      try {
        count.computeIfAbsent(ask(), server -> new LongAdder()).increment();
      } catch (IOException e) {
        failed.increment();
      }
    }
  }

  /** The name in the answer; an answer that is not whole is an error. */
  private String ask() throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(60_000);
      socket.connect(target, 60_000);
      socket.getOutputStream().write(REQUEST);
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      int body = answer.indexOf("\r\n\r\n");
      if (!answer.startsWith("HTTP/1.1 200 ") || body < 0 || body + 4 == answer.length()) {
        throw new IOException("not a whole answer: " + answer);
      }
      return answer.substring(body + 4);
    }
  }
}

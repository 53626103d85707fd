package io.evenkeel.kernel.plane;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that come one after the other without a pause, and others that stay and talk on. */
final class MoveLoad implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final int VISITORS = 4;

  private final MoveNetwork network;
  private final String vip;
  private final int visitorAddresses;
  private final int clients;
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong visits = new AtomicLong();
  private final AtomicLong lines = new AtomicLong();
  private final List<Thread> visitors = new ArrayList<>();
  private volatile boolean ended;

  MoveLoad(MoveNetwork network, String vip, int visitorAddresses, int clients) {
    this.network = network;
    this.vip = vip;
    this.visitorAddresses = visitorAddresses;
    this.clients = clients;
    for (int i = 0; i < VISITORS; i++) {
      int first = i;
      visitors.add(start("visitor " + i, () -> visit(first)));
    }
  }

  /** One connection, and what its server said. */
  final class Talk implements AutoCloseable {
    private final SocketChannel socket;
    private final BufferedReader in;
    private final OutputStream out;
    private final String server;
    private volatile boolean over;
    private volatile Thread thread;

    Talk(int client) throws IOException {
      socket = network.connect(client, vip);
      in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(socket), StandardCharsets.US_ASCII));
      out = Channels.newOutputStream(socket);
      server = in.readLine();
      if (server == null) {
        throw new IOException("ended at once");
      }
    }

    void say(String line) throws IOException {
      out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
      String answer = in.readLine();
      if (!line.equals(answer)) {
        throw new IOException(line + " was answered with " + answer);
      }
    }

    private void talkOn() throws IOException {
      for (int i = 0; !over; i++) {
        say("line " + i);
        lines.incrementAndGet();
        pause();
      }
      close();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private void visit(int first) {
    for (int i = first; !ended; i++) {
      try (Talk talk = new Talk(i % visitorAddresses)) {
        talk.say("hello");
        visits.incrementAndGet();
      } catch (IOException e) {
        failures.add("visit " + i + ": " + e);
      }
    }
  }

  /** So many of each client that go on talking. */
  List<Talk> talks(int each) throws IOException {
    List<Talk> talks = new ArrayList<>();
    for (int i = 0; i < each * clients; i++) {
      Talk talk = new Talk(i % clients);
      int number = i;
      talk.thread =
          start(
              "talk " + i,
              () -> {
                try {
                  talk.talkOn();
                } catch (IOException e) {
                  failures.add("talk " + number + " with " + talk.server + ": " + e);
                }
              });
      talks.add(talk);
    }
    return talks;
  }

  void end(List<Talk> talks) throws InterruptedException {
    talks.forEach(talk -> talk.over = true);
    for (Talk talk : talks) {
      talk.thread.join();
    }
  }

  Map<Integer, String> serverOfEach() throws IOException {
    Map<Integer, String> servers = new TreeMap<>();
    for (int i = 0; i < visitorAddresses; i++) {
      try (Talk talk = new Talk(i)) {
        servers.put(i, talk.server);
      }
    }
    return servers;
  }

  /** Waits until many came and spoke from now on. */
  void awaitProgress() throws Exception {
    long visitsBefore = visits.get();
    long linesBefore = lines.get();
    awaitNone(() -> visits.get() < visitsBefore + 100 || lines.get() < linesBefore + 50);
  }

  void awaitNone(Callable<Boolean> condition) throws Exception {
    long start = System.nanoTime();
    while (condition.call()) {
      assertTrue(System.nanoTime() - start < PATIENCE_NANOS, "in time; failures: " + failures);
      Thread.sleep(20);
    }
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  private static Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    ended = true;
    for (Thread visitor : visitors) {
      try {
        visitor.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public String toString() {
    return visits + " visits, " + lines + " lines, " + failures.size() + " failures";
  }
}

package io.evenkeel.lab;

import io.evenkeel.lab.CheckerLab.Kill;
import io.evenkeel.lab.CheckerLab.Side;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A server that two check: it is killed and started again, and who notices when is kept. */
final class CheckedServer {
  private static final long PATIENCE_MILLIS = 20_000;
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"
          .getBytes(StandardCharsets.US_ASCII);

  private final InetSocketAddress address;
  private final boolean http;
  private @Nullable ServerSocket listener;

  /** Guarded by this, as all below; microseconds of the wall clock, as in the attempts. */
  private final Map<Side, List<Long>> attempts = new EnumMap<>(Side.class);

  private final Map<Side, Boolean> up = new EnumMap<>(Side.class);
  private final Map<Side, Long> judgedMicros = new EnumMap<>(Side.class);

  CheckedServer(String host, int port, boolean http) throws IOException {
    this.address = new InetSocketAddress(InetAddress.getByName(host), port);
    this.http = http;
    for (Side side : Side.values()) {
      attempts.put(side, new ArrayList<>());
      up.put(side, true);
    }
    open();
  }

  private void open() throws IOException {
    ServerSocket opened = new ServerSocket();
    opened.setReuseAddress(true);
    opened.bind(address, 50);
    listener = opened;
    Thread thread = new Thread(() -> serve(opened), "server " + address);
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(ServerSocket opened) {
    while (!opened.isClosed()) {
      try (Socket socket = opened.accept()) {
        InputStream in = socket.getInputStream();
        if (http) {
          byte[] request = new byte[4096];
          if (in.read(request) > 0) {
            socket.getOutputStream().write(ANSWER);
          }
        } else if (in.read() >= 0) {
          throw new IOException("a TCP check that sends something");
        }
      } catch (SocketException e) {
        if (!opened.isClosed()) {
          System.err.println(address + ": " + e);
        }
      } catch (IOException e) {
        System.err.println(address + ": " + e);
      }
    }
  }

  void close() throws IOException {
    ServerSocket opened = listener;
    if (opened != null) {
      opened.close();
    }
  }

  synchronized void attempted(Side side, long micros) {
    attempts.get(side).add(micros);
    notifyAll();
  }

  synchronized void judged(Side side, boolean isUp) {
    up.put(side, isUp);
    judgedMicros.put(side, micros());
    notifyAll();
  }

  private static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /** Until both have checked it twice. */
  void awaitChecks() throws InterruptedException, TimeoutException {
    for (Side side : Side.values()) {
      awaitAttempts(side, 2);
    }
  }

  private void awaitAttempts(Side side, int count) throws InterruptedException, TimeoutException {
    await(() -> attempts.get(side).size() >= count, side + " does not check " + address);
  }

  private void awaitVerdicts(boolean isUp) throws InterruptedException, TimeoutException {
    String verdict = isUp ? " up" : " down";
    for (Side side : Side.values()) {
      await(() -> up.get(side) == isUp, side + " does not find " + address + verdict);
    }
  }

  private synchronized void await(BooleanSupplier condition, String complaint)
      throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
    while (!condition.getAsBoolean()) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new TimeoutException(complaint);
      }
      wait(left);
    }
  }

  /** Waits for the next check of a side, and then until a phase of its interval. */
  private void awaitPhase(Side side, double phase, Duration interval)
      throws InterruptedException, TimeoutException {
    int seen;
    synchronized (this) {
      seen = attempts.get(side).size();
    }
    awaitAttempts(side, seen + 1);
    long last;
    synchronized (this) {
      last = attempts.get(side).get(seen);
    }
    long due = last + (long) (phase * interval.toNanos() / 1000);
    Thread.sleep(Math.max(0, (due - micros()) / 1000));
  }

  /**
   * Is killed at a phase of a side's checks, and started again at another one, once both have
   * noticed.
   */
  Kill kill(Side side, double downPhase, double upPhase, Duration interval)
      throws IOException, InterruptedException, TimeoutException {
    awaitPhase(side, downPhase, interval);
    long killed = micros();
    close();
    awaitVerdicts(false);
    long detected;
    synchronized (this) {
      detected = judgedMicros.get(side);
    }
    awaitPhase(side, upPhase, interval);
    int tried;
    synchronized (this) {
      // Now that a later attempt was seen, since tcpdump may tell of one after its verdict.
      tried =
          (int) attempts.get(side).stream().filter(at -> at >= killed && at <= detected).count();
    }
    long started = micros();
    open();
    awaitVerdicts(true);
    synchronized (this) {
      return new Kill(
          side, (detected - killed) / 1e6, (judgedMicros.get(side) - started) / 1e6, tried);
    }
  }
}

package io.evenkeel.check;

import io.evenkeel.hook.Processes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A real server: one process, in the foreground, on one port of the loopback interface. */
final class Daemon implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Process process;
  private final InetSocketAddress address;
  private final Path log;

  /** Starts it; what it says goes to the log. Returns once it accepts TCP connections. */
  static Daemon start(List<String> command, int port, Path log) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    Daemon daemon =
        new Daemon(process, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), log);
    try {
      daemon.awaitListening();
      return daemon;
    } catch (IOException | RuntimeException e) {
      daemon.close();
      throw e;
    }
  }

  private Daemon(Process process, InetSocketAddress address, Path log) {
    this.process = process;
    this.address = address;
    this.log = log;
  }

  InetSocketAddress address() {
    return address;
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  /** SIGSTOP: the kernel still accepts for it. Returns once no thread of it runs any more. */
  void freeze() throws Exception {
    signal("STOP");
    List<Path> running = Processes.await(this::runningThreads, List::isEmpty);
    if (!running.isEmpty()) {
      throw new IOException("not stopped: " + running);
    }
  }

  private List<Path> runningThreads() throws IOException {
    List<Path> running = new ArrayList<>();
    Path threads = Path.of("/proc", Long.toString(process.pid()), "task");
    try (DirectoryStream<Path> all = Files.newDirectoryStream(threads)) {
      for (Path thread : all) {
        try {
          String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
          if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
            running.add(thread);
          }
        } catch (IOException e) {
          // It has ended.
        }
      }
    }
    return running;
  }

  /** SIGCONT. */
  void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  /** SIGKILL, which ends a frozen process as well, and waits until it is gone. */
  @Override
  public void close() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void signal(String name) throws IOException, InterruptedException {
    int code =
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
            .inheritIO()
            .start()
            .waitFor();
    if (code != 0) {
      throw new IOException("kill -" + name + ": exit code " + code);
    }
  }

  private void awaitListening() throws IOException {
    long start = System.nanoTime();
    while (System.nanoTime() - start < PATIENCE_NANOS && process.isAlive()) {
      try (Socket socket = new Socket()) {
        socket.connect(address, 1000);
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
    throw new IOException("does not listen at " + address + ": " + log());
  }
}

package io.evenkeel.hook;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** What is left of the commands of one test: its processes carry a variable of its own. */
public final class Processes implements AutoCloseable {
  /** Names it. */
  public static final String VARIABLE = "EVENKEEL_TEST_RUN";

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final String id = UUID.randomUUID().toString();

  /** The variable's value. */
  public String id() {
    return id;
  }

  /** Those that live, and our own children that nobody reaped, in words. */
  public List<String> left() throws IOException {
    List<String> found = new ArrayList<>();
    String mark = VARIABLE + "=" + id;
    long own = ProcessHandle.current().pid();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        try {
          String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
          String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
          boolean isZombie = fields[0].equals("Z") && Long.parseLong(fields[1]) == own;
          String environment =
              Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
          if (isZombie || environment.contains(mark)) {
            found.add(stat);
          }
        } catch (IOException e) {
          // It has ended.
        }
      }
    }
    return found;
  }

  /** Waits until nothing is left; returns what is. */
  public List<String> awaitNone() throws Exception {
    return await(this::left, List::isEmpty);
  }

  /** Looks every 20 ms until it is so, at most for 60 s. */
  public static <T> T await(Callable<T> what, Predicate<T> isSo) throws Exception {
    long start = System.nanoTime();
    while (true) {
      T now = what.call();
      if (isSo.test(now) || System.nanoTime() - start > PATIENCE_NANOS) {
        return now;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** How many descriptors this process has. */
  public static int descriptors() {
    return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
  }

  /** Ends what a failed test left. */
  @Override
  public void close() throws IOException {
    for (String stat : left()) {
      ProcessHandle.of(Long.parseLong(stat.substring(0, stat.indexOf(' '))))
          .ifPresent(ProcessHandle::destroyForcibly);
    }
  }
}

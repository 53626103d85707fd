package io.evenkeel.check;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Reads the beginnings of files, each by one thread at a time. Safe for use by many threads. */
final class FileReads {
  /** Longer than any number; who gets more bytes than these has not got all. */
  static final int MAX_BYTES = 64;

  private static final int THREADS = 4;

  static final FileReads SHARED = new FileReads(daemons());

  /** A file that is being read, or is to be. */
  static final class Read {
    private final List<CompletableFuture<byte[]>> waiting = new ArrayList<>();
    private volatile boolean begun;

    /** Whether a thread has taken it up. */
    boolean hasBegun() {
      return begun;
    }

    /** How many wait for it. */
    int waiting() {
      return waiting.size();
    }
  }

  private final Map<Path, Read> reads = new HashMap<>();
  private final Executor executor;

  FileReads(Executor executor) {
    this.executor = executor;
  }

  /**
   * Has a file read, unless that is going on already.
   *
   * @param file which
   * @param content gets its first bytes, at most one more than {@link #MAX_BYTES}, or why there are
   *     none, an {@link IOException} if it is the file's fault; forgotten once it is complete
   * @return what is going on
   */
  Read read(Path file, CompletableFuture<byte[]> content) {
    Read fresh = new Read();
    Read going;
    synchronized (reads) {
      going = reads.computeIfAbsent(file, f -> fresh);
      going.waiting.add(content);
    }
    content.whenComplete((bytes, failure) -> forget(going, content));
    if (going == fresh) {
      try {
        executor.execute(() -> read(file, fresh));
      } catch (RuntimeException | Error e) {
        // No thread is to be had, perhaps: the next read tries again.
        end(file).forEach(w -> w.completeExceptionally(e));
      }
    }
    return going;
  }

  private void forget(Read read, CompletableFuture<byte[]> content) {
    synchronized (reads) {
      read.waiting.removeIf(w -> w == content);
    }
  }

  private void read(Path file, Read read) {
    read.begun = true;
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MAX_BYTES + 1);
      end(file).forEach(w -> w.complete(content));
    } catch (IOException | RuntimeException | Error e) {
      end(file).forEach(w -> w.completeExceptionally(e));
    }
  }

  private List<CompletableFuture<byte[]>> end(Path file) {
    synchronized (reads) {
      Read ended = reads.remove(file);
      return ended == null ? List.of() : List.copyOf(ended.waiting);
    }
  }

  private static Executor daemons() {
    ThreadPoolExecutor daemons =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory("evenkeel-files", true));
    daemons.allowCoreThreadTimeOut(true);
    return daemons;
  }
}

package io.evenkeel.kernel.net;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import io.evenkeel.kernel.sys.Sys;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * A network namespace (network_namespaces(7)) and the one thread of this process that is in it. A
 * socket belongs to the namespace of the thread that opens it, and so does what is read of {@code
 * /proc/thread-self/net} and {@code /proc/sys/net}; either may be used by others once it is open.
 * Thread-safe.
 */
public final class NetworkNamespace implements AutoCloseable {
  private static final String NAMED = "/run/netns/";

  private final String name;
  private final ExecutorService thread;

  private NetworkNamespace(String name) {
    this.name = name;
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, "evenkeel-netns-" + name);
              made.setDaemon(true);
              return made;
            });
  }

  /**
   * Enters a namespace. Needs CAP_SYS_ADMIN (setns(2)).
   *
   * @param name as {@code ip netns} knows it, or the path of a namespace's file
   * @return to be closed
   * @throws IOException if there is no such namespace, this process may not enter it, or there are
   *     no system calls
   */
  public static NetworkNamespace enter(String name) throws IOException {
    String cause = Sys.unavailabilityCause();
    if (cause != null) {
      throw new IOException("network namespace " + name + ": " + cause);
    }
    NetworkNamespace namespace = new NetworkNamespace(name);
    String path = name.indexOf('/') < 0 ? NAMED + name : name;
    try {
      namespace.call(
          () -> {
            Sys.enterNetwork(path);
            return path;
          });
      return namespace;
    } catch (KernelException e) {
      namespace.close();
      if (e.command().equals("setns") && e.errno() == Errno.EPERM) {
        throw new IOException(
            "network namespace " + name + ": not permitted (expected: CAP_SYS_ADMIN)", e);
      }
      throw new IOException("network namespace " + name + ": " + e.getMessage(), e);
    } catch (IOException | RuntimeException | Error e) {
      namespace.close();
      throw e;
    }
  }

  /**
   * Does something in the namespace. One at a time. An interrupt does not end the waiting: what has
   * begun is not left to itself. It is kept for the caller to see.
   *
   * @param what to do; must not take longer than the caller wants to wait
   * @param <T> what it returns
   * @return its result
   * @throws IOException if it throws one, or this is closed (EBADF)
   */
  public <T> T call(Callable<T> what) throws IOException {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      thread.execute(
          () -> {
            try {
              result.complete(what.call());
            } catch (Exception | Error e) {
              result.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      throw new KernelException("network namespace " + name, Errno.EBADF, "closed");
    }
    try {
      // Unlike get() it goes on waiting, and keeps the interrupt.
      return result.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new IOException("network namespace " + name, e.getCause());
    }
  }

  @Override
  public void close() {
    thread.shutdown();
  }

  @Override
  public String toString() {
    return name;
  }
}

package io.evenkeel.kernel.net;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import io.evenkeel.kernel.sys.Sys;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Pings over unprivileged ping sockets, one for each ping. One thread reads for all of them and for
 * {@link Network#probe}: a daemon that ends when it was idle for 10 s. Thread-safe.
 */
public final class Pinger {
  /** The longest payload of a request over IPv4. */
  public static final int MAX_PAYLOAD_BYTES = 65_535 - 20 - 8;

  private static final Path GROUP_RANGE = Path.of("/proc/sys/net/ipv4/ping_group_range");
  private static final Path STATUS = Path.of("/proc/self/status");

  private Pinger() {}

  /**
   * Why this process may not ping.
   *
   * @return the cause; null: it may
   */
  public static @Nullable String unavailabilityCause() {
    String cause = Sys.unavailabilityCause();
    if (cause != null) {
      return cause;
    }
    try {
      Sys.close(EchoSocket.open(false));
      return null;
    } catch (KernelException e) {
      return inWords(e);
    }
  }

  /**
   * Why a ping failed.
   *
   * @param e how it failed
   * @return the cause; if this process may not ping, what has to change
   */
  public static String inWords(KernelException e) {
    if (!e.command().equals("socket")) {
      return String.valueOf(e.getMessage());
    }
    return switch (e.errno()) {
      case Errno.EACCES -> denied();
      // The kernel's own rule says EACCES.
      case Errno.EPERM -> "socket: not permitted (seccomp or a security module)";
      default -> String.valueOf(e.getMessage());
    };
  }

  /**
   * Sends one echo request.
   *
   * @param target to whom
   * @param bind from which address; null: what the routes say
   * @param payloadBytes how many, 0..{@value #MAX_PAYLOAD_BYTES}
   * @return completes with the time until the reply, or with an {@link KernelException} or another
   *     cause; who cancels it gives the ping up, and must do so at some time: silence does not
   *     complete it
   */
  public static CompletableFuture<Duration> ping(
      InetAddress target, @Nullable InetAddress bind, int payloadBytes) {
    return ReplyReader.SHARED.ask(
        () -> new EchoSocket(target, bind, payloadBytes, ThreadLocalRandom.current()));
  }

  private static String denied() {
    try (Stream<String> status = Files.lines(STATUS);
        InputStream sysctl = Files.newInputStream(GROUP_RANGE)) {
      String groups =
          status
              .filter(line -> line.startsWith("Gid:") || line.startsWith("Groups:"))
              .flatMap(line -> Stream.of(line.split("\\s+", -1)).skip(1))
              .filter(group -> !group.isEmpty())
              .distinct()
              .collect(Collectors.joining(" "));
      // In one read: the kernel has no more for a second one.
      String range =
          new String(sysctl.readNBytes(64), StandardCharsets.US_ASCII)
              .strip()
              .replaceAll("\\s+", " ");
      return "net.ipv4.ping_group_range: "
          + range
          + " (expected: a range that holds a group of this process: "
          + groups
          + ")";
    } catch (IOException e) {
      return "net.ipv4.ping_group_range: " + e;
    }
  }
}

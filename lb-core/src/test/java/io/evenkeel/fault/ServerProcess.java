package io.evenkeel.fault;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** A {@link FaultServer} and its log. */
final class ServerProcess {
  private final String name;
  private final InetSocketAddress address;
  private final Path log;
  private Process process;

  ServerProcess(String name, InetSocketAddress address, Path directory) {
    this.name = name;
    this.address = address;
    this.log = directory.resolve(name + ".log");
  }

  String name() {
    return name;
  }

  String endpoint() {
    return host() + ":" + address.getPort();
  }

  private String host() {
    return address.getAddress().getHostAddress();
  }

  /** Starts with an empty log and returns once it listens. */
  void start() throws IOException {
    Files.write(log, new byte[FaultServer.LOG_BYTES]);
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                FaultServer.class.getName(),
                name,
                host(),
                String.valueOf(address.getPort()),
                log.toString(),
                "2")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = process.inputReader();
    if (!"ready".equals(out.readLine())) {
      throw new IOException("server " + name + " did not start");
    }
  }

  /** SIGKILL, and waits until the process is gone. */
  void kill() throws InterruptedException, IOException {
    if (process != null) {
      process.destroyForcibly().waitFor();
      process.getInputStream().close();
      process.getOutputStream().close();
    }
  }

  /** Requests that the process had accepted and not answered. */
  long unanswered() {
    long healthPending = read(FaultServer.HEALTH_ACCEPTED) - read(FaultServer.HEALTH_ANSWERED);
    return read(FaultServer.ACCEPTED)
        - read(FaultServer.HEALTH_ANSWERED)
        - read(FaultServer.ANSWERED)
        - healthPending;
  }

  long answered() {
    return read(FaultServer.ANSWERED);
  }

  private long read(int counter) {
    try {
      return ByteBuffer.wrap(Files.readAllBytes(log)).getLong(counter);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

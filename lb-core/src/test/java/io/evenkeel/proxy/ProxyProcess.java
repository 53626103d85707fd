package io.evenkeel.proxy;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A {@link ProxyMain} in a Java virtual machine of its own. */
final class ProxyProcess implements AutoCloseable {
  private static final int ANSWER_SECONDS = 60;

  /** What the proxy holds: live objects, and native memory of buffers. */
  record Memory(long heapBytes, long directBytes) {
    long bytes() {
      return heapBytes + directBytes;
    }
  }

  private final Process process;
  private final BufferedReader out;
  private final PrintWriter in;
  private final String transport;
  private final InetSocketAddress address;

  /**
   * Starts one and waits until it listens.
   *
   * @param classPath what it may load
   * @param jvmOptions options of the virtual machine
   * @param transport name of the transport; {@code best}: the director chooses
   * @param loops how many event loops
   * @param server where its only real server is
   */
  ProxyProcess(
      List<String> classPath, List<String> jvmOptions, String transport, int loops, String server)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add("-cp");
    command.add(String.join(System.getProperty("path.separator"), classPath));
    command.add(ProxyMain.class.getName());
    command.addAll(List.of(transport, Integer.toString(loops), server));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    in = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    String[] ready = answer("READY");
    this.transport = ready[1];
    this.address = new InetSocketAddress(ready[2], Integer.parseInt(ready[3]));
  }

  /** The class path of this virtual machine, without the jars whose names contain one of these. */
  static List<String> classPathWithout(String... parts) {
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(all.split(System.getProperty("path.separator")))
        .filter(
            jar -> Arrays.stream(parts).noneMatch(Path.of(jar).getFileName().toString()::contains))
        .toList();
  }

  String transport() {
    return transport;
  }

  InetSocketAddress address() {
    return address;
  }

  /** Lets it open so many more file descriptors, and no more. */
  void limitDescriptors(int more) throws IOException {
    int now = Objects.requireNonNull(new File("/proc/" + process.pid() + "/fd").list()).length;
    String limit = "--nofile=" + (now + more) + ":" + (now + more);
    Process prlimit =
        new ProcessBuilder("prlimit", "--pid", Long.toString(process.pid()), limit)
            .inheritIO()
            .start();
    try {
      if (prlimit.waitFor() != 0) {
        throw new IOException("prlimit: exit status " + prlimit.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  /** What it holds now, garbage collected. */
  Memory memory() {
    in.println("memory");
    String[] memory = answer("MEMORY");
    return new Memory(Long.parseLong(memory[1]), Long.parseLong(memory[2]));
  }

  private String[] answer(String expected) {
    CompletableFuture<String> line =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                String read = out.readLine();
                while (read != null && !read.startsWith(expected)) {
                  System.out.println("proxy: " + read);
                  read = out.readLine();
                }
                return String.valueOf(read);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    try {
      String answer = line.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
      if (!answer.startsWith(expected)) {
        throw new IllegalStateException("the proxy ended; expected: " + expected);
      }
      return answer.split(" ");
    } catch (RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  @Override
  public void close() {
    in.println("exit");
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

package io.evenkeel.hook;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real SMTP server (aiosmtpd) that keeps what it gets in a folder. */
public final class MailDrop implements AutoCloseable {
  private final int port;
  private final Path folder;
  private Process process;

  /** Does not start it. */
  public MailDrop(Path folder) throws IOException {
    this.folder = folder;
    port = FreePorts.next();
  }

  /** Where it listens when it is started. */
  public int port() {
    return port;
  }

  /** Starts it and waits until it listens. */
  public MailDrop start() throws Exception {
    process =
        new ProcessBuilder(
                "/usr/bin/python3",
                "-m",
                "aiosmtpd",
                "-n",
                "-l",
                "127.0.0.1:" + port,
                "-c",
                "aiosmtpd.handlers.Mailbox",
                folder.resolve("box").toString())
            .inheritIO()
            .start();
    if (!Processes.await(this::isListening, listens -> listens)) {
      close();
      throw new IOException("aiosmtpd does not listen");
    }
    return this;
  }

  /** Lets it answer no more. */
  public void freeze() throws Exception {
    signal("STOP");
  }

  /** Lets it go on. */
  public void thaw() throws Exception {
    signal("CONT");
  }

  /** What it has got, in no order, headers and all. */
  public List<String> mails() throws IOException {
    Path news = folder.resolve("box").resolve("new");
    List<String> found = new ArrayList<>();
    if (Files.isDirectory(news)) {
      try (Stream<Path> files = Files.list(news)) {
        for (Path file : files.toList()) {
          found.add(Files.readString(file, StandardCharsets.UTF_8));
        }
      }
    }
    return found;
  }

  /** Waits until it has got so many. */
  public List<String> awaitMails(int count) throws Exception {
    return Processes.await(this::mails, mails -> mails.size() >= count);
  }

  /** Waits until somebody is connected, frozen or not: the kernel accepts for it. */
  public boolean awaitClient() throws Exception {
    return Processes.await(this::hasClient, has -> has);
  }

  /** As the clients' ends say, of which some are IPv6 sockets. */
  private boolean hasClient() throws IOException {
    String established = "(?s).* [0-9A-F]+:%04X 01 .*".formatted(port);
    return Files.readString(Path.of("/proc/net/tcp")).matches(established)
        || Files.readString(Path.of("/proc/net/tcp6")).matches(established);
  }

  private boolean isListening() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
        .inheritIO()
        .start()
        .waitFor(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}

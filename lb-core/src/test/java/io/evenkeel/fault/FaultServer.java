package io.evenkeel.fault;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP server in a process of its own that logs what it accepted and what it answered into a
 * memory-mapped file, which survives SIGKILL. Answers each request with its name, after a while.
 */
public final class FaultServer {
  /** Offsets of the counters in the log. */
  static final int ACCEPTED = 0;

  static final int ANSWERED = 8;
  static final int HEALTH_ACCEPTED = 16;
  static final int HEALTH_ANSWERED = 24;
  static final int LOG_BYTES = 32;

  private static final int WORKERS = 16;

  private final String name;
  private final long workMillis;
  private final ByteBuffer log;

  private FaultServer(String name, long workMillis, ByteBuffer log) {
    this.name = name;
    this.workMillis = workMillis;
    this.log = log;
  }

  /** Arguments: name, host, port, log file, milliseconds of work per request. */
  public static void main(String[] args) throws IOException {
    ByteBuffer log;
    try (FileChannel file =
        FileChannel.open(
            Path.of(args[3]),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      log = file.map(FileChannel.MapMode.READ_WRITE, 0, LOG_BYTES);
    }
    new FaultServer(args[0], Long.parseLong(args[4]), log)
        .serve(new InetSocketAddress(args[1], Integer.parseInt(args[2])));
  }

  private void serve(InetSocketAddress address) throws IOException {
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    try (ServerSocket listener = new ServerSocket()) {
      listener.setReuseAddress(true);
      listener.bind(address, 1024);
      System.out.println("ready");
      while (true) {
        Socket client = listener.accept();
        count(ACCEPTED);
        workers.execute(() -> answer(client));
      }
    }
  }

  private void answer(Socket client) {
    try (client;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
      String request = in.readLine();
      for (String line = request; line != null && !line.isEmpty(); ) {
        line = in.readLine();
      }
      if (request == null) {
        return;
      }
      boolean health = request.startsWith("GET /health");
      if (health) {
        count(HEALTH_ACCEPTED);
      } else {
        Thread.sleep(workMillis);
      }
      OutputStream out = client.getOutputStream();
      out.write(
          ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
                  + name.length()
                  + "\r\n\r\n"
                  + name)
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      count(health ? HEALTH_ANSWERED : ANSWERED);
    } catch (IOException e) {
      // The peer went away: the request stays unanswered in the log.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void count(int counter) {
    log.putLong(counter, log.getLong(counter) + 1);
  }
}

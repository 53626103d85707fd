package io.evenkeel.vrrp.witness;

import io.evenkeel.vrrp.LeaseStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Leases of a {@link Witness}: each question is one TCP connection. An interrupt does not end it,
 * but its time-out. Names and holders are 1..64 letters, digits and {@code . _ : @ -}. Immutable.
 */
public final class WitnessStore implements LeaseStore {
  private final InetSocketAddress witness;
  private final int timeoutMillis;

  /**
   * A store.
   *
   * @param witness where it listens; resolved
   * @param timeout for the connection, and again for the answer, 1 ms..1 hour; together shorter
   *     than a lease
   * @throws IllegalArgumentException if the time-out is out of range, or the address a name that
   *     could not be resolved
   */
  public WitnessStore(InetSocketAddress witness, Duration timeout) {
    if (witness.isUnresolved()) {
      throw new IllegalArgumentException(
          "witness: " + witness + " (expected: an address, or a name that can be resolved)");
    }
    if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("timeout: " + timeout + " (expected: 1 ms..1 hour)");
    }
    this.witness = witness;
    this.timeoutMillis = (int) timeout.toMillis();
  }

  @Override
  public boolean acquire(String name, String holder, Duration length, BooleanSupplier isHeld)
      throws IOException {
    Wire.requireName("name", name);
    Wire.requireName("holder", holder);
    try (Socket socket = connect()) {
      long nanos = TimeUnit.NANOSECONDS.convert(length);
      String answer = ask(socket, Wire.acquire(name, holder, nanos, isHeld.getAsBoolean()));
      if (answer.equals(Wire.GRANTED)) {
        return true;
      }
      if (answer.startsWith(Wire.HELD)) {
        return false;
      }
      throw new IOException("witness " + witness + ": " + answer);
    }
  }

  @Override
  public void release(String name, String holder) throws IOException {
    Wire.requireName("name", name);
    Wire.requireName("holder", holder);
    try (Socket socket = connect()) {
      String answer = ask(socket, Wire.release(name, holder));
      if (!answer.equals(Wire.RELEASED)) {
        throw new IOException("witness " + witness + ": " + answer);
      }
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(witness, timeoutMillis);
      socket.setSoTimeout(timeoutMillis);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw new IOException("witness " + witness + ": " + e.getMessage(), e);
    }
  }

  private String ask(Socket socket, String question) throws IOException {
    socket.getOutputStream().write((question + "\n").getBytes(StandardCharsets.US_ASCII));
    InputStream in = socket.getInputStream();
    StringBuilder answer = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0 || answer.length() == Wire.MAX_LINE) {
        throw new IOException("witness " + witness + ": no proper answer: " + answer);
      }
      answer.append((char) next);
    }
    return answer.toString();
  }

  @Override
  public String toString() {
    return "witness " + witness;
  }
}

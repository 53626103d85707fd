package io.evenkeel.kernel.ipvs;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.netlink.MalformedException;
import io.evenkeel.kernel.sys.Errno;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's connection table, an entry at a time, in memory that does not grow with it. The
 * table lives on while it is read: an entry that comes or goes meanwhile may be missing, and one
 * beside it may be missing or come twice. Not thread-safe.
 */
public final class IpvsConnections implements AutoCloseable {
  private static final String COMMAND = "ipvs list connections";

  /** The kernel's longest line, with IPv6 and an engine's data, has some 420. */
  private static final int MAX_LINE = 4096;

  private final InputStream input;
  private final byte[] buffer = new byte[1 << 16];
  private final byte[] line = new byte[MAX_LINE];
  private int position;
  private int limit;
  private long lineNumber;

  /** Of what {@code /proc/net/ip_vs_conn} says; closed with this. */
  IpvsConnections(InputStream input) {
    this.input = input;
  }

  /**
   * The next entry.
   *
   * @return connection or template; null: there are no more
   * @throws KernelException EBADMSG: a line is malformed; says which. The next call goes on behind
   *     it
   * @throws IOException if the kernel does not answer, or this is closed
   */
  public @Nullable IpvsConnection next() throws IOException {
    String text = readLine();
    if (lineNumber == 1 && text != null) {
      if (!text.startsWith(ConnectionLine.HEADER_START)) {
        throw malformed("header: " + text + " (expected: " + ConnectionLine.HEADER_START + " ...)");
      }
      text = readLine();
    }
    if (text == null) {
      return null;
    }
    try {
      return ConnectionLine.parse(text);
    } catch (MalformedException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  /** Without its end; null: there is none. */
  private @Nullable String readLine() throws IOException {
    int length = 0;
    boolean isAny = false;
    while (true) {
      if (position == limit) {
        int read = input.read(buffer);
        if (read <= 0) {
          if (!isAny) {
            return null;
          }
          break;
        }
        position = 0;
        limit = read;
      }
      if (!isAny) {
        isAny = true;
        lineNumber++;
      }
      byte next = buffer[position++];
      if (next == '\n') {
        break;
      }
      if (length < MAX_LINE) {
        line[length] = next;
      }
      length++;
    }
    if (length > MAX_LINE) {
      throw malformed(length + " bytes (expected: at most " + MAX_LINE + ")");
    }
    return new String(line, 0, length, StandardCharsets.ISO_8859_1);
  }

  private KernelException malformed(String what) {
    return new KernelException(COMMAND, Errno.EBADMSG, "line " + lineNumber + ": " + what);
  }

  @Override
  public void close() throws IOException {
    input.close();
  }
}

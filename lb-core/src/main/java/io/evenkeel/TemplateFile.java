package io.evenkeel;

import io.evenkeel.model.Endpoint;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of templates, as {@link TemplateFileWriter} writes it.
 *
 * <p>Version 1, all numbers big-endian. Header: {@link #MAGIC}, version (int), wall-clock time of
 * the snapshot (long, ms since 1970), CRC-32C of all before (int). Then blocks: length of the
 * content (int), its complement (int), content, CRC-32C of the three (int); one of length 0 is the
 * last. A block holds whole entries, each with its kind in front (byte):
 *
 * <ul>
 *   <li>{@link #SERVICE}: its key as text; the entries after it are its own
 *   <li>{@link #SERVER}: {@code HOST:PORT} as text; numbered from 0 in each service
 *   <li>{@link #TEMPLATE}: number of the server (int), timeout and time left (longs, ns), length of
 *       the client's address (byte), address
 * </ul>
 *
 * A text is its length (short) and its bytes in UTF-8.
 */
final class TemplateFile {
  static final int VERSION = 1;
  static final int SERVICE = 1;
  static final int SERVER = 2;
  static final int TEMPLATE = 3;

  /** The largest block's content. */
  static final int BLOCK_BYTES = 1 << 16;

  private static final byte[] MAGIC = "EVKTMPL\n".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_TEXT_BYTES = 1 << 10;

  private final Path file;
  private final DataInputStream in;
  private final CRC32C crc = new CRC32C();
  private long position;

  /** Where what is being read begins, and what it is. */
  private long part;

  private String partName = "header";

  private TemplateFile(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)));
    channel.position(0);
  }

  static byte[] magic() {
    return MAGIC.clone();
  }

  /** Takes a template at a time. */
  @FunctionalInterface
  interface Visitor {

    /** One template; its time may be over. */
    void visit(
        String service, InetAddress client, Endpoint server, long timeoutNanos, long leftNanos);
  }

  /** Shows all of a file, or nothing if there is anything wrong with it. */
  static void read(Path file, long wallMillis, Visitor visitor) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      new TemplateFile(file, channel)
          .read(wallMillis, (service, client, server, timeoutNanos, leftNanos) -> {});
      new TemplateFile(file, channel).read(wallMillis, visitor);
    }
  }

  private void read(long wallMillis, Visitor visitor) throws IOException {
    long savedMillis = header();
    // A clock that was set back has not made anything live longer.
    long passedNanos = TimeUnit.MILLISECONDS.toNanos(Math.max(wallMillis - savedMillis, 0));
    Entries entries = new Entries(visitor, passedNanos);
    ByteBuffer block = block();
    while (block.hasRemaining()) {
      try {
        entries.read(block);
      } catch (BufferUnderflowException
          | IllegalArgumentException
          | IndexOutOfBoundsException
          | NegativeArraySizeException
          | UnknownHostException e) {
        throw damaged("entries", e);
      }
      block = block();
    }
    part = position;
    partName = "end";
    if (in.read() >= 0) {
      throw damaged("more bytes", null);
    }
  }

  /** Returns when it was written. */
  private long header() throws IOException {
    byte[] magic = in.readNBytes(MAGIC.length);
    position = magic.length;
    if (!Arrays.equals(magic, Arrays.copyOf(MAGIC, magic.length))) {
      throw new IOException(file + ": not a file of templates (byte 0)");
    }
    if (magic.length < MAGIC.length) {
      throw truncated();
    }
    crc.update(magic);
    int version = bytes(Integer.BYTES).getInt();
    if (version != VERSION) {
      throw new IOException(
          file
              + ": version "
              + version
              + " at byte "
              + MAGIC.length
              + " (expected: "
              + VERSION
              + ")");
    }
    long savedMillis = bytes(Long.BYTES).getLong();
    checkCrc();
    if (savedMillis < 0) {
      throw damaged("time", null);
    }
    return savedMillis;
  }

  /** The content of the next one; empty: it was the last. */
  private ByteBuffer block() throws IOException {
    part = position;
    partName = "block";
    crc.reset();
    ByteBuffer header = bytes(2 * Integer.BYTES);
    int length = header.getInt();
    if (length != ~header.getInt() || length < 0 || length > BLOCK_BYTES) {
      throw damaged("length", null);
    }
    ByteBuffer content = bytes(length);
    checkCrc();
    return content;
  }

  private ByteBuffer bytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    position += bytes.length;
    if (bytes.length < count) {
      throw truncated();
    }
    crc.update(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private void checkCrc() throws IOException {
    int expected = (int) crc.getValue();
    if (bytes(Integer.BYTES).getInt() != expected) {
      throw damaged("checksum", null);
    }
  }

  private IOException truncated() {
    return new EOFException(
        file
            + ": truncated: ends at byte "
            + position
            + ", in the "
            + partName
            + " at byte "
            + part);
  }

  private IOException damaged(String what, @Nullable Throwable cause) {
    return new IOException(
        file + ": damaged: " + what + " of the " + partName + " at byte " + part, cause);
  }

  /** The state between entries. */
  private static final class Entries {
    private final Visitor visitor;
    private final long passedNanos;
    private String service = "";
    private final List<Endpoint> servers = new ArrayList<>();

    Entries(Visitor visitor, long passedNanos) {
      this.visitor = visitor;
      this.passedNanos = passedNanos;
    }

    void read(ByteBuffer block) throws IOException {
      while (block.hasRemaining()) {
        int kind = block.get();
        switch (kind) {
          case SERVICE -> {
            service = text(block);
            servers.clear();
          }
          case SERVER -> servers.add(Endpoint.parse(text(block)));
          case TEMPLATE -> template(block);
          default -> throw new IllegalArgumentException("entry of kind " + kind);
        }
      }
    }

    private void template(ByteBuffer block) throws IOException {
      int server = block.getInt();
      long timeoutNanos = block.getLong();
      long leftNanos = block.getLong();
      if (timeoutNanos <= 0 || leftNanos < 0) {
        throw new IllegalArgumentException("timeout " + timeoutNanos + ", left " + leftNanos);
      }
      byte[] client = new byte[block.get()];
      block.get(client);
      visitor.visit(
          service,
          InetAddress.getByAddress(client),
          servers.get(server),
          timeoutNanos,
          leftNanos - passedNanos);
    }

    private static String text(ByteBuffer block) {
      int length = block.getShort();
      if (length < 0 || length > MAX_TEXT_BYTES) {
        throw new IllegalArgumentException("text of " + length + " bytes");
      }
      byte[] bytes = new byte[length];
      block.get(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}

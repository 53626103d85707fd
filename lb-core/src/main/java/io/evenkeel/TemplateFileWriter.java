package io.evenkeel;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/** Writes a file of templates, block by block; {@link TemplateFile} says how it is made up. */
final class TemplateFileWriter {
  private static final int MAX_ENTRY_BYTES = 1 << 9;
  private static final int OVERHEAD_BYTES = 12;

  private final FileChannel channel;

  /** Begins with the length of its content and the complement. */
  private final ByteBuffer block = ByteBuffer.allocate(TemplateFile.BLOCK_BYTES + OVERHEAD_BYTES);

  private final Map<Endpoint, Integer> servers = new HashMap<>();
  private int templates;

  private TemplateFileWriter(FileChannel channel) {
    this.channel = channel;
  }

  /** Writes the content of a file. */
  @FunctionalInterface
  interface Content {

    /** Calls the writer for each service and its templates. */
    void write(TemplateFileWriter writer);
  }

  /**
   * Writes a file as a whole, or leaves what is there; on the disk when it returns.
   *
   * @return how many templates it has
   */
  static int write(Path file, long wallMillis, Content content) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException(file + ": a directory (expected: a file)");
    }
    // Only its owner may read it: it says who the clients are.
    Path made = Files.createTempFile(directory, ".evenkeel", ".tmp");
    try {
      TemplateFileWriter writer;
      try (FileChannel channel = FileChannel.open(made, StandardOpenOption.WRITE)) {
        writer = new TemplateFileWriter(channel);
        writer.header(wallMillis);
        content.write(writer);
        writer.end();
        channel.force(true);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      sync(directory);
      return writer.templates;
    } finally {
      Files.deleteIfExists(made);
    }
  }

  /** The entries after it are its own. */
  void service(ServiceKey key) {
    text(TemplateFile.SERVICE, key.toString());
    servers.clear();
  }

  /** One template of the service. */
  void template(InetAddress client, Endpoint server, long timeoutNanos, long leftNanos) {
    Integer number = servers.get(server);
    if (number == null) {
      number = servers.size();
      servers.put(server, number);
      text(TemplateFile.SERVER, server.toString());
    }
    byte[] address = client.getAddress();
    makeRoom();
    block
        .put((byte) TemplateFile.TEMPLATE)
        .putInt(number)
        .putLong(timeoutNanos)
        .putLong(leftNanos)
        .put((byte) address.length)
        .put(address);
    templates++;
  }

  private void text(int kind, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    makeRoom();
    block.put((byte) kind).putShort((short) bytes.length).put(bytes);
  }

  private void makeRoom() {
    if (block.position() > TemplateFile.BLOCK_BYTES - MAX_ENTRY_BYTES) {
      try {
        flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void header(long wallMillis) throws IOException {
    block.put(TemplateFile.magic()).putInt(TemplateFile.VERSION).putLong(wallMillis);
    putCrcAndWrite();
  }

  private void end() throws IOException {
    if (block.position() > 2 * Integer.BYTES) {
      flush();
    }
    flush();
  }

  /** Without entries: the last block. */
  private void flush() throws IOException {
    int length = block.position() - 2 * Integer.BYTES;
    block.putInt(0, length).putInt(Integer.BYTES, ~length);
    putCrcAndWrite();
  }

  private void putCrcAndWrite() throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(block.array(), 0, block.position());
    block.putInt((int) crc.getValue()).flip();
    while (block.hasRemaining()) {
      channel.write(block);
    }
    block.clear().position(2 * Integer.BYTES);
  }

  private static void sync(Path directory) throws IOException {
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}

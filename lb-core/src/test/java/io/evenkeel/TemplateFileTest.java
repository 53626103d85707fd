package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateFileTest {
  private static final long SAVED = 1_800_000_000_000L;
  private static final int HEADER = 24;
  private static final ServiceKey V = DirectorKit.V;
  private static final ServiceKey W = DirectorKit.W;
  private static final Endpoint A = DirectorKit.A;
  private static final Endpoint B = DirectorKit.B;

  @TempDir private Path directory;

  private Path file() {
    return directory.resolve("templates");
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /** Two services; one template of the first is of a server that the second has, too. */
  private static void three(TemplateFileWriter writer) {
    writer.service(V);
    writer.template(address("192.0.2.1"), A, 300, 10_000_000);
    writer.template(address("192.0.2.0"), B, 60, 0);
    writer.service(W);
    writer.template(address("2001:db8::"), B, 1, 2_000_001);
  }

  private static final List<String> THREE =
      List.of(
          V + " 192.0.2.1 " + A + " 300 10000000",
          V + " 192.0.2.0 " + B + " 60 0",
          W + " 2001:db8:0:0:0:0:0:0 " + B + " 1 2000001");

  private static List<String> read(Path file, long wallMillis) throws IOException {
    List<String> lines = new ArrayList<>();
    TemplateFile.read(
        file,
        wallMillis,
        (service, client, server, timeout, left) ->
            lines.add(
                String.join(
                    " ",
                    service,
                    client.getHostAddress(),
                    server.toString(),
                    Long.toString(timeout),
                    Long.toString(left))));
    return lines;
  }

  /** The message of the refusal, without the file's name; nothing was shown. */
  private static String refusal(Path file) {
    List<Endpoint> shown = new ArrayList<>();
    IOException refused =
        assertThrows(
            IOException.class,
            () ->
                TemplateFile.read(
                    file, SAVED, (service, client, server, timeout, left) -> shown.add(server)));
    assertEquals(List.of(), shown);
    String message = refused.getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    return message.substring((file + ": ").length());
  }

  private String refusal(byte[] content) throws IOException {
    Files.write(file(), content);
    return refusal(file());
  }

  private byte[] written() throws IOException {
    assertEquals(3, TemplateFileWriter.write(file(), SAVED, TemplateFileTest::three));
    return Files.readAllBytes(file());
  }

  @Test
  void read_whatWasWritten_isTheSame() throws IOException {
    written();

    assertEquals(THREE, read(file(), SAVED));
  }

  @Test
  void read_nothingWritten_isNothing() throws IOException {
    assertEquals(0, TemplateFileWriter.write(file(), SAVED, writer -> {}));

    assertEquals(List.of(), read(file(), SAVED));
  }

  @Test
  void read_manyBlocks_isTheSame() throws IOException {
    int count = 10_000;
    Path file = file();
    TemplateFileWriter.write(
        file,
        SAVED,
        writer -> {
          writer.service(V);
          for (int i = 0; i < count; i++) {
            writer.template(ipv4(i), new Endpoint("host-" + i % 1000, 80), 300, i);
          }
        });
    List<String> read = read(file, SAVED);

    assertTrue(Files.size(file) > 2 * TemplateFile.BLOCK_BYTES);
    assertEquals(count, read.size());
    for (int i = 0; i < count; i++) {
      String client = ipv4(i).getHostAddress();
      assertEquals(V + " " + client + " host-" + i % 1000 + ":80 300 " + i, read.get(i));
    }
  }

  private static InetAddress ipv4(int number) {
    try {
      return InetAddress.getByAddress(ByteBuffer.allocate(4).putInt(number).array());
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 86_400_000})
  void read_later_hasLessTimeLeft(long millis) throws IOException {
    written();
    long passed = millis * 1_000_000;

    List<String> read = read(file(), SAVED + millis);

    assertTrue(read.get(0).endsWith(" " + (10_000_000 - passed)), read.get(0));
    assertTrue(read.get(2).endsWith(" " + (2_000_001 - passed)), read.get(2));
  }

  @Test
  void read_clockSetBack_hasAsMuchTimeLeft() throws IOException {
    written();

    assertEquals(THREE, read(file(), SAVED - 1));
    assertEquals(THREE, read(file(), 0));
  }

  @Test
  void read_truncatedAnywhere_isRefused() throws IOException {
    byte[] whole = written();
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      String refusal = refusal(part);
      assertTrue(refusal.startsWith("truncated: ends at byte " + length + ","), refusal);
    }
  }

  @Test
  void read_anyBitFlipped_isRefused() throws IOException {
    byte[] whole = written();
    for (int i = 0; i < whole.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] damaged = whole.clone();
        damaged[i] ^= (byte) (1 << bit);
        String refusal = refusal(damaged);
        String expected =
            i < 8
                ? "not a file of templates"
                : i < 12
                    ? "version "
                    : i < HEADER ? "damaged: checksum of the header at byte 0" : "damaged: ";
        assertTrue(refusal.startsWith(expected), i + "/" + bit + ": " + refusal);
      }
    }
  }

  @Test
  void read_damagedBlock_isNamed() throws IOException {
    byte[] whole = written();
    whole[HEADER + 10] ^= 1;

    assertEquals("damaged: checksum of the block at byte " + HEADER, refusal(whole));
    assertTrue(refusal(lengthAt(whole, HEADER, -1)).startsWith("damaged: length of the block"));
    assertTrue(
        refusal(lengthAt(whole, HEADER, TemplateFile.BLOCK_BYTES + 1))
            .startsWith("damaged: length of the block"));
  }

  private static byte[] lengthAt(byte[] bytes, int position, int length) {
    byte[] changed = bytes.clone();
    ByteBuffer.wrap(changed).putInt(position, length).putInt(position + 4, ~length);
    return changed;
  }

  @Test
  void read_moreBytesAfterTheEnd_isRefused() throws IOException {
    byte[] whole = written();
    byte[] longer = Arrays.copyOf(whole, whole.length + 1);

    assertEquals("damaged: more bytes of the end at byte " + whole.length, refusal(longer));
  }

  @Test
  void read_foreignFile_isRefused() throws IOException {
    assertEquals(
        "not a file of templates (byte 0)",
        refusal("global_defs {".getBytes(StandardCharsets.UTF_8)));
    assertEquals("not a file of templates (byte 0)", refusal("x".getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 256, -1})
  void read_otherVersion_isRefused(int version) throws IOException {
    byte[] whole = written();
    ByteBuffer.wrap(whole).putInt(8, version);

    assertEquals("version " + version + " at byte 8 (expected: 1)", refusal(whole));
  }

  /** The checksum is right, and what it is of is not. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "00",
        "04",
        "01",
        "010001",
        "01ffff",
        "01040141",
        "020001",
        "02000141",
        "0200036c3a78",
        "0300000000",
        "03000000000000000000000001000000000000000104c0000201",
        "020003613a3103000000010000000000000001000000000000000104c0000201",
        "020003613a3103ffffffff0000000000000001000000000000000104c0000201",
        "020003613a3103000000000000000000000000000000000000000104c0000201",
        "020003613a310300000000000000000000000180000000000000 0104c0000201",
        "020003613a3103000000000000000000000001000000000000000105c0000201ff",
        "020003613a31030000000000000000000000010000000000000001ffc0000201",
      })
  void read_entriesThatCannotBe_areRefused(String entries) throws IOException {
    byte[] content = HexFormat.of().parseHex(entries.replace(" ", ""));
    ByteBuffer bytes = ByteBuffer.allocate(HEADER + 12 + content.length);
    bytes.put(written(), 0, HEADER).putInt(content.length).putInt(~content.length).put(content);
    CRC32C crc = new CRC32C();
    crc.update(bytes.array(), HEADER, 8 + content.length);
    bytes.putInt((int) crc.getValue());

    assertEquals("damaged: entries of the block at byte " + HEADER, refusal(bytes.array()));
  }

  @Test
  void read_noFile_saysSo() {
    assertThrows(NoSuchFileException.class, () -> read(file(), SAVED));
  }

  @Test
  void write_failsHalfWay_leavesTheOldFileAndNothingElse() throws IOException {
    byte[] before = written();

    assertThrows(
        IllegalStateException.class,
        () ->
            TemplateFileWriter.write(
                file(),
                SAVED,
                writer -> {
                  three(writer);
                  throw new IllegalStateException("on purpose");
                }));

    assertArrayEquals(before, Files.readAllBytes(file()));
    assertOnly("templates");
  }

  @Test
  void write_unwritableDirectory_leavesTheOldFile() throws IOException {
    final byte[] before = written();
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(directory), "root may write everywhere");
      assertThrows(
          FileSystemException.class, () -> TemplateFileWriter.write(file(), SAVED, writer -> {}));
      assertArrayEquals(before, Files.readAllBytes(file()));
    } finally {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void write_cannotReplace_leavesWhatIsThere() throws IOException {
    Files.createDirectory(file());

    assertThrows(
        FileSystemException.class, () -> TemplateFileWriter.write(file(), SAVED, writer -> {}));

    assertOnly("templates");
    assertTrue(Files.isDirectory(file()));
  }

  @Test
  void write_noDirectory_isRefused() {
    Path nowhere = directory.resolve("none").resolve("templates");

    assertThrows(
        NoSuchFileException.class, () -> TemplateFileWriter.write(nowhere, SAVED, writer -> {}));
    assertThrows(
        IOException.class, () -> TemplateFileWriter.write(Path.of("/"), SAVED, writer -> {}));
  }

  @Test
  void write_any_isForItsOwnerOnly() throws IOException {
    written();

    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
    assertOnly("templates");
  }

  private void assertOnly(String name) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      assertEquals(List.of(directory.resolve(name)), all.toList());
    }
  }
}

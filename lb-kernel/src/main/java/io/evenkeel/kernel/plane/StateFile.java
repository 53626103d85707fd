package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsMark;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.model.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The keys of the rules that are ours, in a file that outlives the process. It is always whole: a
 * new one takes the place of the old one at once, and is on the disk before it does.
 *
 * <pre>
 * evenkeel ipvs 1
 * tcp 192.0.2.1:80
 * udp [2001:db8::1]:53
 * mark 10 ipv4
 * </pre>
 */
final class StateFile {
  private static final String HEADER = "evenkeel ipvs 1";
  private static final String MARK = "mark";

  private final Path file;

  StateFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  /**
   * Reads the keys.
   *
   * @return in the order in which they were written; none if there is no file
   * @throws IOException if it cannot be read, or has something else in it
   */
  Set<IpvsKey> read() throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return Set.of();
    }
    if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
      throw malformed(1, HEADER);
    }
    Set<IpvsKey> keys = new LinkedHashSet<>();
    for (int i = 1; i < lines.size(); i++) {
      try {
        keys.add(parse(lines.get(i)));
      } catch (IllegalArgumentException e) {
        throw malformed(i + 1, "PROTOCOL ADDRESS:PORT or mark NUMBER FAMILY");
      }
    }
    return keys;
  }

  /**
   * Writes the keys, or leaves what is there.
   *
   * @param keys all of them
   * @throws IOException if it cannot be written
   */
  void write(Set<IpvsKey> keys) throws IOException {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    keys.forEach(key -> text.append(text(key)).append('\n'));
    Path directory = file.getParent();
    if (directory == null) {
      throw new IOException("state file: " + file + " (expected: a file)");
    }
    Files.createDirectories(directory);
    Path made = directory.resolve(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            made,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      channel.write(StandardCharsets.UTF_8.encode(text.toString()));
      channel.force(true);
    }
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(directory)) {
      channel.force(true);
    }
  }

  private static String text(IpvsKey key) {
    return key instanceof IpvsMark mark
        ? MARK + " " + mark.mark() + " " + name(mark.family())
        : key.toString();
  }

  private static IpvsKey parse(String line) {
    String[] words = line.split(" ", -1);
    if (words.length == 3 && words[0].equals(MARK)) {
      return new IpvsMark(Long.parseLong(words[1]), family(words[2]));
    }
    if (words.length != 2) {
      throw new IllegalArgumentException(line);
    }
    for (IpvsProtocol protocol : IpvsProtocol.values()) {
      Endpoint endpoint = Endpoint.parse(words[1]);
      if (protocol.toString().equals(words[0]) && endpoint.isAddress()) {
        return new IpvsAddress(
            protocol, new InetSocketAddress(endpoint.host(), 0).getAddress(), endpoint.port());
      }
    }
    throw new IllegalArgumentException(line);
  }

  private static String name(AddressFamily family) {
    return switch (family) {
      case IPV4 -> "ipv4";
      case IPV6 -> "ipv6";
    };
  }

  private static AddressFamily family(String name) {
    for (AddressFamily family : AddressFamily.values()) {
      if (name(family).equals(name)) {
        return family;
      }
    }
    throw new IllegalArgumentException(name);
  }

  private IOException malformed(int line, String expected) {
    return new IOException(
        "state file: " + file + ", line " + line + " (expected: " + expected + ")");
  }
}

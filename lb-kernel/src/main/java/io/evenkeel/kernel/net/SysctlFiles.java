package io.evenkeel.kernel.net;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sysctls of the network namespace of the thread that calls. Thread-safe. */
final class SysctlFiles {
  private static final Path ROOT = Path.of("/proc/sys");
  private static final int MOST_BYTES = 64;

  private SysctlFiles() {}

  static int read(Sysctl sysctl, String device) throws IOException {
    try {
      return read(ROOT.resolve(sysctl.path(device)));
    } catch (FileSystemException e) {
      throw inWords(sysctl, device, e);
    }
  }

  /**
   * Its file, in which its value is read anew each time from the beginning.
   *
   * @return null: there is none for this device
   */
  static @Nullable RandomAccessFile open(Sysctl sysctl, String device) throws IOException {
    try {
      return new RandomAccessFile(ROOT.resolve(sysctl.path(device)).toFile(), "r");
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  static void write(Sysctl sysctl, String device, int value) throws IOException {
    try {
      write(ROOT.resolve(sysctl.path(device)), value);
    } catch (FileSystemException e) {
      throw inWords(sysctl, device, e);
    }
  }

  /**
   * The value, and after it those that a change of it changes besides: with that of all devices the
   * kernel sets each.
   */
  static Map<Path, Integer> changedWith(Sysctl sysctl, String device) throws IOException {
    Map<Path, Integer> values = new LinkedHashMap<>();
    values.put(ROOT.resolve(sysctl.path(device)), read(sysctl, device));
    if (!sysctl.setsEach() || !device.equals(Sysctl.ALL)) {
      return values;
    }
    Path folder = ROOT.resolve(sysctl.folder());
    try (DirectoryStream<Path> devices = Files.newDirectoryStream(folder)) {
      for (Path each : devices) {
        putIfThere(values, ROOT.resolve(sysctl.path(each.getFileName().toString())));
      }
    }
    if (sysctl == Sysctl.IPV4_FORWARDING) {
      // A router is not to be told of others: 0 with forwarding, and 1 without.
      Path redirects = folder.resolve(Sysctl.ALL).resolve("accept_redirects");
      values.put(redirects, read(redirects));
    }
    return values;
  }

  /** A device that went since it was listed is passed over. */
  static void putIfThere(Map<Path, Integer> values, Path file) throws IOException {
    try {
      values.putIfAbsent(file, read(file));
    } catch (IOException e) {
      // It may go while its file is open: then reading says so in words alone.
      if (Files.exists(file)) {
        throw e;
      }
    }
  }

  /** In their order. A device that is gone is passed over. */
  static void restore(Map<Path, Integer> values) throws IOException {
    for (Map.Entry<Path, Integer> each : values.entrySet()) {
      try {
        if (read(each.getKey()) != each.getValue()) {
          write(each.getKey(), each.getValue());
        }
      } catch (NoSuchFileException e) {
        // Nothing is left to be put back.
      }
    }
  }

  private static int read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.US_ASCII).strip();
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IOException(file + ": not a number", e);
    }
  }

  private static void write(Path file, int value) throws IOException {
    Files.writeString(file, Integer.toString(value));
  }

  private static IOException inWords(Sysctl sysctl, String device, FileSystemException e) {
    String reason =
        e instanceof NoSuchFileException
            ? "no such device, or not in this kernel"
            : e.getReason() == null
                ? "not permitted (expected: root, or CAP_NET_ADMIN)"
                : e.getReason();
    return new IOException("sysctl " + sysctl.name(device) + ": " + reason, e);
  }
}

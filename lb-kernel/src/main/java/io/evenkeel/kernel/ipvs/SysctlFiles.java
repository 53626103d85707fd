package io.evenkeel.kernel.ipvs;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * Where the settings are.
 *
 * @param directory with a file for each
 */
record SysctlFiles(Path directory) {
  /** Those of the network namespace of the thread that opens them. */
  static final SysctlFiles KERNEL = new SysctlFiles(Path.of("/proc/sys/net/ipv4/vs"));

  /** Held while one is read, changed and written: some files have two. */
  private static final Object WRITING = new Object();

  Map<IpvsSysctl, Long> read() throws IOException {
    Map<IpvsSysctl, Long> values = new EnumMap<>(IpvsSysctl.class);
    for (IpvsSysctl sysctl : IpvsSysctl.values()) {
      try {
        values.put(sysctl, sysctl.parse(text(file(sysctl))));
      } catch (NoSuchFileException e) {
        // This kernel does not have it.
      } catch (IllegalArgumentException e) {
        throw new KernelException(
            "read sysctl " + sysctl.file(), Errno.EBADMSG, String.valueOf(e.getMessage()));
      }
    }
    return values;
  }

  void write(IpvsSysctl sysctl, long value) throws IOException {
    String command = "set sysctl " + sysctl.file() + " to " + value;
    Path file = file(sysctl);
    try {
      synchronized (WRITING) {
        Files.writeString(file, sysctl.format(value, text(file)));
      }
    } catch (NoSuchFileException e) {
      throw new KernelException(command, Errno.ENOENT, "not in this kernel");
    } catch (AccessDeniedException e) {
      throw new KernelException(command, Errno.EACCES, "not permitted (expected: root)");
    } catch (IOException e) {
      throw new IOException(command + ": " + e.getMessage(), e);
    }
  }

  /** By one read: the kernel says of a setting only what the first has room for. */
  private static String text(Path file) throws IOException {
    byte[] bytes = new byte[256];
    try (InputStream input = Files.newInputStream(file)) {
      int length = input.read(bytes);
      return new String(bytes, 0, Math.max(length, 0), StandardCharsets.US_ASCII);
    }
  }

  private Path file(IpvsSysctl sysctl) {
    return directory.resolve(sysctl.file());
  }
}

package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A table far larger than the heap. */
class ConnectionsMemoryIT {
  private static final int LINES = 1_000_000;

  @Test
  void next_millionLinesIn64MiB_allAreRead() throws Exception {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName())
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(LINES + " entries, 100000 templates\n", output);
      assertEquals(0, java.waitFor());
    } finally {
      java.destroyForcibly();
      java.waitFor(20, TimeUnit.SECONDS);
    }
  }

  /** What runs in the small heap. */
  static final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException {
      long entries = 0;
      long templates = 0;
      try (IpvsConnections connections = new IpvsConnections(new Generated())) {
        for (IpvsConnection next = connections.next(); next != null; next = connections.next()) {
          if (next.expirySeconds() != entries % 1000) {
            throw new IllegalStateException("entry " + entries + ": " + next);
          }
          entries++;
          templates += next.isTemplate() ? 1 : 0;
        }
      }
      System.out.println(entries + " entries, " + templates + " templates");
    }
  }

  /** As the kernel would write it. */
  private static final class Generated extends InputStream {
    private byte[] line =
        "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    private int position;
    private int made;

    @Override
    public int read() {
      return isEnd() ? -1 : line[position++];
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      if (isEnd()) {
        return -1;
      }
      int count = Math.min(length, line.length - position);
      System.arraycopy(line, position, buffer, offset, count);
      position += count;
      return count;
    }

    private boolean isEnd() {
      if (position < line.length) {
        return false;
      }
      if (made == LINES) {
        return true;
      }
      boolean isTemplate = made % 10 == 0;
      String format =
          made % 2 == 0
              ? "TCP %08X %04X 0A010001 0050 0A020001 1F90 %-11s %7d\n"
              : "TCP 2001:0db8:0009:0000:0000:0000:%1$04x:%1$04x %2$04X"
                  + " 2001:0db8:0009:0000:0000:0000:0000:0002 0050"
                  + " 2001:0db8:0009:0000:0000:0000:0000:0003 1F90 %3$-11s %4$7d\n";
      line =
          String.format(
                  Locale.ROOT,
                  format,
                  made & 0xffff,
                  isTemplate ? 0 : 40_000,
                  isTemplate ? "NONE" : "ESTABLISHED",
                  made % 1000)
              .getBytes(StandardCharsets.ISO_8859_1);
      made++;
      position = 0;
      return false;
    }
  }
}

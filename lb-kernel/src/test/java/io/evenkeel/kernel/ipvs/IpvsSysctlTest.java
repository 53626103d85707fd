package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IpvsSysctlTest {
  @TempDir private Path directory;
  private SysctlFiles files;

  @BeforeEach
  void start() {
    files = new SysctlFiles(directory);
  }

  @Test
  void read_thoseThisKernelHas_areAlone() throws Exception {
    put("sync_threshold", "3\t50\n");
    put("conntrack", "1\n");

    assertEquals(
        Map.of(
            IpvsSysctl.CONNTRACK, 1L, IpvsSysctl.SYNC_THRESHOLD, 3L, IpvsSysctl.SYNC_PERIOD, 50L),
        files.read());
  }

  @Test
  void read_noNumber_isMalformed() throws Exception {
    put("conntrack", "yes\n");
    assertEquals(Errno.EBADMSG, assertThrows(KernelException.class, files::read).errno());

    put("conntrack", "1\t2\n");
    assertEquals(
        "read sysctl conntrack: sysctl conntrack: 1\t2 (expected: 1 numbers) (errno 74)",
        assertThrows(KernelException.class, files::read).getMessage());
  }

  @Test
  void write_one_isWritten() throws Exception {
    put("drop_entry", "0\n");

    files.write(IpvsSysctl.DROP_ENTRY, 3);

    assertEquals("3", Files.readString(directory.resolve("drop_entry")));
  }

  @Test
  void write_oneOfTwo_leavesTheOther() throws Exception {
    put("sync_threshold", "3\t50\n");

    files.write(IpvsSysctl.SYNC_THRESHOLD, 5);
    files.write(IpvsSysctl.SYNC_PERIOD, 100);

    assertEquals("5 100", Files.readString(directory.resolve("sync_threshold")));
  }

  /** One file has both: whoever writes one number must not write back an older other one. */
  @Test
  void write_bothOfOneFileAtOnce_losesNeither() throws Exception {
    put("sync_threshold", "3\t50\n");
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      for (int i = 100; i < 600; i++) {
        int value = i;
        CyclicBarrier start = new CyclicBarrier(2);
        Future<?> written =
            other.submit(
                () -> {
                  start.await();
                  files.write(IpvsSysctl.SYNC_PERIOD, value);
                  return value;
                });
        start.await();
        files.write(IpvsSysctl.SYNC_THRESHOLD, value);
        written.get();

        assertEquals(value + " " + value, Files.readString(directory.resolve("sync_threshold")));
      }
    } finally {
      other.shutdownNow();
    }
  }

  @Test
  void write_absent_isEnoent() {
    KernelException e =
        assertThrows(KernelException.class, () -> files.write(IpvsSysctl.EST_NICE, 1));

    assertEquals(Errno.ENOENT, e.errno());
    assertEquals("set sysctl est_nice to 1: not in this kernel (errno 2)", e.getMessage());
  }

  @Test
  void write_outOfRange_isRefused() throws Exception {
    put("drop_entry", "0\n");

    assertEquals(
        "drop_entry: 4 (expected: 0..3)",
        assertThrows(IllegalArgumentException.class, () -> files.write(IpvsSysctl.DROP_ENTRY, 4))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> files.write(IpvsSysctl.DROP_ENTRY, -1));
  }

  private void put(String name, String value) throws Exception {
    Files.writeString(directory.resolve(name), value);
  }
}

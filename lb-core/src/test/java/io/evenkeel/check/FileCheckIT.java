package io.evenkeel.check;

import static io.evenkeel.check.CheckLab.IMPATIENT;
import static io.evenkeel.check.CheckLab.PATIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.health.CheckResult;
import io.evenkeel.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real files, and pipes that hang for want of a writer as a file system does. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileCheckIT {
  private static final InetSocketAddress ANYWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

  private static CheckLab lab;

  @TempDir Path directory;

  @BeforeAll
  static void startEventLoops() {
    lab = new CheckLab();
  }

  @AfterAll
  static void endEventLoops() {
    lab.close();
  }

  @Test
  void file_writtenAndRemoved_isFollowed() throws Exception {
    Path file = directory.resolve("state");
    FileCheck check = FileCheck.of(file);

    run(check, PATIENT).assertFailed("no such file", Duration.ZERO);
    Files.writeString(file, "0\n");
    run(check, PATIENT).assertPassed("0");
    Files.writeString(file, "2\n");
    run(check, PATIENT).assertFailed("2 \\(expected: 0\\)", Duration.ZERO);
    run(FileCheck.of(directory), PATIENT).assertFailed(".*Is a directory.*", Duration.ZERO);
  }

  @Test
  void files_hang_delayNoOtherUntilAllThreadsDo() throws Exception {
    Path file = Files.writeString(directory.resolve("state"), "0");
    List<Path> pipes = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        Path pipe = directory.resolve("pipe" + i);
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        run(FileCheck.of(file), PATIENT).assertPassed("0");
        pipes.add(pipe);
        for (int again = 0; again < 2; again++) {
          lab.assertTimesOut(Transport.NIO, FileCheck.of(pipe), () -> ANYWHERE, "not read", "");
        }
      }
      CheckLab.Run none = run(FileCheck.of(file), IMPATIENT);
      assertEquals(
          CheckResult.none("no thread to read it, because other files hang"), none.result());
      none.assertWithin(IMPATIENT);
    } finally {
      for (Path pipe : pipes) {
        Files.writeString(pipe, "0");
      }
    }
    run(FileCheck.of(file), PATIENT).assertPassed("0");
    long threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(t -> t.getName().startsWith("evenkeel-files"))
            .peek(t -> assertTrue(t.isDaemon()))
            .count();
    assertTrue(threads <= 4, threads + " threads");
  }

  private static CheckLab.Run run(FileCheck check, Duration timeout) throws Exception {
    return lab.run(Transport.NIO, check, ANYWHERE, timeout);
  }
}

package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@link IpvsCommandLab} under a kernel that has IPVS. {@code dev/lab commands} runs it. */
@Tag("lab")
class IpvsCommandLabIT {
  private static final long SECONDS = 420;

  @Test
  void commands_besideIpvsadm_printAndDoTheSame() throws Exception {
    Process machine =
        new ProcessBuilder(
                Path.of(System.getProperty("basedir", "."), "..", "dev", "ipvs").toString(),
                "--timeout",
                Long.toString(SECONDS),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                IpvsCommandLab.class.getName())
            .redirectErrorStream(true)
            .start();
    try {
      machine.inputReader().lines().forEach(System.out::println);
      assertEquals(0, machine.waitFor(), "what differs is above");
    } finally {
      machine.destroy();
      machine.waitFor(20, TimeUnit.SECONDS);
    }
  }
}

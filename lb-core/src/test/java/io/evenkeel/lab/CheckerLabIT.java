package io.evenkeel.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Our checks beside keepalived's ({@link CheckerLab}); {@code dev/lab checkers} runs it. */
@Tag("lab")
class CheckerLabIT {
  private static final long SECONDS = 300;
  private static final String SEED = System.getProperty("evenkeel.lab.seed", "1");

  @Test
  void checks_besideKeepalived_noticeAsSoonWithAsManyAttempts() throws Exception {
    Process lab =
        new ProcessBuilder(
                Path.of(System.getProperty("basedir", "."), "..", "dev", "ipvs").toString(),
                "--timeout",
                Long.toString(SECONDS),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CheckerLab.class.getName(),
                SEED)
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out = lab.inputReader()) {
      out.lines().forEach(System.out::println);
      assertTrue(lab.waitFor(SECONDS + 30, TimeUnit.SECONDS));
      assertEquals(0, lab.exitValue(), "the lab's exit status; its lines above say why");
    } finally {
      lab.destroy();
    }
  }
}

package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@link IpvsCommandLab} under a kernel that has IPVS. {@code dev/lab commands} runs it. */
@Tag("lab")
class IpvsCommandLabIT {
  private static final long SECONDS = 420;

  @Test
  void commands_besideIpvsadm_printAndDoTheSame() throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("basedir", "."), "..", "dev", "ipvs").toString(),
                "--timeout",
                Long.toString(SECONDS),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
    System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("evenkeel.lab."))
        .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
    command.add(IpvsCommandLab.class.getName());
    Process machine = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      machine.inputReader().lines().forEach(System.out::println);
      assertEquals(0, machine.waitFor(), "what differs is above");
    } finally {
      machine.destroy();
      machine.waitFor(20, TimeUnit.SECONDS);
    }
  }
}

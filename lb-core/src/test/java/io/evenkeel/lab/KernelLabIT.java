package io.evenkeel.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Our schedulers against the kernel's ({@link KernelLab}), all in one virtual machine under a
 * kernel that has IPVS. {@code dev/lab} runs it.
 */
@Tag("lab")
class KernelLabIT {
  private static final int SECONDS = 600;
  private static final int FLOWS = Integer.getInteger("evenkeel.lab.flows", 2100);
  private static final long SEED = Long.getLong("evenkeel.lab.seed", 1);
  private static final Pattern RESULT = Pattern.compile("(\\S+): ([0-9]+) of ([0-9]+) \\(.*");

  @Test
  void everyScheduler_sameEvents_choosesAsTheKernel() throws IOException, InterruptedException {
    String names = System.getProperty("evenkeel.lab.names", "");
    List<String> expected =
        names.isEmpty() ? KernelLab.OF_THE_KERNEL : List.of(names.split(" ", -1));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("basedir", "."), "..", "dev", "ipvs").toString(),
                "--timeout",
                Integer.toString(SECONDS),
                "bash",
                "-c",
                // Connections that stay open.
                "ulimit -n 65536 && exec \"$@\"",
                "lab",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KernelLab.class.getName(),
                Integer.toString(FLOWS),
                Long.toString(SEED)));
    if (!names.isEmpty()) {
      command.addAll(expected);
    }

    Set<String> seen = new TreeSet<>();
    List<String> wrong = new ArrayList<>();
    Process lab =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader out = lab.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        System.out.println(line);
        Matcher result = RESULT.matcher(line);
        if (result.matches()) {
          seen.add(result.group(1));
          if (!result.group(2).equals(result.group(3))
              || Integer.parseInt(result.group(3)) < FLOWS) {
            wrong.add(line);
          }
        }
      }
      assertTrue(lab.waitFor(SECONDS, TimeUnit.SECONDS));
      assertEquals(List.of(), wrong);
      assertEquals(0, lab.exitValue(), "the lab's exit status");
    } finally {
      lab.destroy();
    }
    assertEquals(new TreeSet<>(expected), seen);
  }
}

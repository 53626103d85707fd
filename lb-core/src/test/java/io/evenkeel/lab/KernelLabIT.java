package io.evenkeel.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Our schedulers, persistence and thresholds against the kernel's ({@link KernelLab}), in virtual
 * machines under a kernel that has IPVS, two at a time: one works, the other waits most of the
 * time. {@code dev/lab} runs it.
 */
@Tag("lab")
class KernelLabIT {
  private static final int DEFAULT_FLOWS = 2100;
  private static final int FLOWS = Integer.getInteger("evenkeel.lab.flows", DEFAULT_FLOWS);

  /** How long a machine may take. */
  private static final long SECONDS = Math.max(600, 600L * FLOWS / DEFAULT_FLOWS);

  private static final long SEED = Long.getLong("evenkeel.lab.seed", 1);
  private static final Pattern RESULT = Pattern.compile("(\\S+): ([0-9]+) of ([0-9]+) \\(.*");
  private static final String IPVS =
      Path.of(System.getProperty("basedir", "."), "..", "dev", "ipvs").toString();

  /** What one machine printed, and its exit status. */
  private record Run(List<String> lines, int status) {}

  @Test
  void everything_sameEvents_choosesAsTheKernel() throws Exception {
    String given = System.getProperty("evenkeel.lab.names", "");
    List<String> expected = given.isEmpty() ? KernelLab.names() : List.of(given.split(" ", -1));

    // Services of one kernel disturb each other: /proc/net/ip_vs leaves some out when another
    // namespace or address family has some, and the list is longer than a page.
    int atOnce = kernel().equals("uml") ? 2 : 1;
    ExecutorService threads = Executors.newFixedThreadPool(atOnce);
    List<Future<Run>> runs = new ArrayList<>();
    expected.stream()
        .collect(Collectors.groupingBy(KernelLabIT::machine, TreeMap::new, Collectors.toList()))
        .values()
        .forEach(names -> runs.add(threads.submit(() -> run(names))));
    threads.shutdown();

    TreeSet<String> seen = new TreeSet<>();
    List<String> wrong = new ArrayList<>();
    try {
      for (Future<Run> run : runs) {
        for (String line : run.get().lines) {
          Matcher result = RESULT.matcher(line);
          if (result.matches()) {
            seen.add(result.group(1));
            if (!result.group(2).equals(result.group(3))
                || Integer.parseInt(result.group(3)) < KernelLab.flows(result.group(1), FLOWS)) {
              wrong.add(line);
            }
          }
        }
      }
      assertEquals(List.of(), wrong);
      for (Future<Run> run : runs) {
        assertEquals(0, run.get().status, "the lab's exit status; its lines above say why");
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(new TreeSet<>(expected), seen);
  }

  /** Those of one number share a machine. */
  private static int machine(String name) {
    if (!LabService.isName(name)) {
      return 1;
    }
    return KernelLab.OF_THE_KERNEL_IPV6.contains(name) ? 2 : 0;
  }

  private static String kernel() throws IOException {
    Process check = new ProcessBuilder(IPVS, "--check").start();
    try (BufferedReader out = check.inputReader()) {
      return String.valueOf(out.readLine());
    }
  }

  private static Run run(List<String> names) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                IPVS,
                "--timeout",
                Long.toString(SECONDS),
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
    command.addAll(names);
    List<String> lines = new ArrayList<>();
    Process lab =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader out = lab.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        System.out.println(line);
        lines.add(line);
      }
      assertTrue(lab.waitFor(SECONDS, TimeUnit.SECONDS));
      return new Run(lines, lab.exitValue());
    } finally {
      lab.destroy();
    }
  }
}

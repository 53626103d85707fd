package io.evenkeel.kernel.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Each of the lab's test classes in a machine of its own, under a kernel that has IPVS, two at a
 * time. {@code dev/lab ipvs} runs it; {@code dev/lab ipvs NAME} one class.
 */
@Tag("lab")
class IpvsLabIT {
  private static final long SECONDS = 600;

  /** What one machine printed, and its exit status. */
  private record Run(String output, int status) {}

  @Test
  void labs_inTheirMachines_pass() throws Exception {
    String given = System.getProperty("evenkeel.lab.names", "").replaceFirst("^ipvs ?", "");
    List<String> labs = labs();
    List<String> wanted =
        labs.stream().filter(lab -> given.isEmpty() || lab.endsWith("." + given)).toList();
    assertTrue(
        !wanted.isEmpty(), "lab: " + given + " (expected: the last part of one of " + labs + ")");

    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Run>> runs = new ArrayList<>();
      wanted.forEach(lab -> runs.add(threads.submit(() -> run(lab))));
      List<String> failed = new ArrayList<>();
      for (int i = 0; i < runs.size(); i++) {
        Run run = runs.get(i).get();
        String name = wanted.get(i);
        System.out.println(name + ":\n" + run.output + name + ": exit status " + run.status);
        if (run.status != 0) {
          failed.add(name);
        }
      }
      assertEquals(List.of(), failed, "their output is above");
    } finally {
      threads.shutdownNow();
      assertTrue(threads.awaitTermination(30, TimeUnit.SECONDS), "the machines end");
    }
  }

  /** Every class of this module's tests that is called so. */
  private static List<String> labs() throws IOException, URISyntaxException {
    Path classes =
        Path.of(IpvsLabIT.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(classes)) {
      return files
          .map(file -> classes.relativize(file).toString())
          .filter(file -> file.endsWith("Lab.class"))
          .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
          .sorted()
          .toList();
    }
  }

  private static Run run(String lab) throws IOException, InterruptedException {
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
    command.add(LabMain.class.getName());
    command.add(lab);
    Process machine = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      StringBuilder output = new StringBuilder();
      machine.inputReader().lines().forEach(line -> output.append(line).append('\n'));
      return new Run(output.toString(), machine.waitFor());
    } finally {
      machine.destroy();
      machine.waitFor(20, TimeUnit.SECONDS);
    }
  }
}

package io.evenkeel.kernel.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.ipvs.AvailabilityLab;
import io.evenkeel.kernel.ipvs.ConnectionsLab;
import io.evenkeel.kernel.ipvs.IpvsLab;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Each of the lab's test classes in a machine of its own, under a kernel that has IPVS, two at a
 * time. {@code dev/lab ipvs} runs it; {@code dev/lab ipvs NAME} one class.
 */
@Tag("lab")
class IpvsLabIT {
  private static final long SECONDS = 420;

  /** The longest first. */
  private static final List<Class<?>> LABS =
      List.of( //
          DirectLab.class, //
          NatLab.class, //
          ConnectionsLab.class, //
          AvailabilityLab.class, //
          IpvsLab.class);

  /** What one machine printed, and its exit status. */
  private record Run(String output, int status) {}

  @Test
  void labs_inTheirMachines_pass() throws Exception {
    String given = System.getProperty("evenkeel.lab.names", "").replaceFirst("^ipvs ?", "");
    List<Class<?>> wanted =
        LABS.stream().filter(lab -> given.isEmpty() || given.equals(lab.getSimpleName())).toList();
    assertTrue(!wanted.isEmpty(), "lab: " + given + " (expected: one of " + names(LABS) + ")");

    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Run>> runs = new ArrayList<>();
      wanted.forEach(lab -> runs.add(threads.submit(() -> run(lab))));
      List<String> failed = new ArrayList<>();
      for (int i = 0; i < runs.size(); i++) {
        Run run = runs.get(i).get();
        String name = wanted.get(i).getSimpleName();
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

  private static String names(List<Class<?>> labs) {
    return labs.stream().map(Class::getSimpleName).collect(Collectors.joining(" "));
  }

  private static Run run(Class<?> lab) throws IOException, InterruptedException {
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
                LabMain.class.getName(),
                lab.getName())
            .redirectErrorStream(true)
            .start();
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

package io.evenkeel.vrrp.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("lab")
class InteropLabIT {
  @TempDir Path directory;

  @Test
  void baseline() throws Exception {
    int segments = Integer.getInteger("evenkeel.lab.segments", 8);
    String names = System.getProperty("evenkeel.lab.names", "");
    InteropLab lab = new InteropLab(directory, segments);
    List<InteropLab.Job> jobs = new ArrayList<>();
    for (Case one : Case.all()) {
      if (one.baseline().equals(one) && one.toString().contains(names)) {
        for (int i = 0; i < Integer.getInteger("evenkeel.lab.runs", 5); i++) {
          jobs.add(new InteropLab.Job(one, true));
        }
      }
    }
    long start = System.nanoTime();
    Map<InteropLab.Job, List<InteropLab.Outcome>> outcomes = lab.play(jobs, 1);
    System.out.println(
        jobs.size()
            + " runs in "
            + (System.nanoTime() - start) / 1_000_000_000
            + " s, "
            + lab.voided()
            + " voided");
    for (Case one : Case.all()) {
      for (InteropLab.Outcome outcome :
          outcomes.getOrDefault(new InteropLab.Job(one, true), List.of())) {
        System.out.println(
            one.setting()
                + ": "
                + outcome.last()
                + " none "
                + outcome.none().toMillis()
                + " two "
                + outcome.two().toMillis()
                + " | "
                + outcome.path());
      }
    }
    assertTrue(true);
  }
}

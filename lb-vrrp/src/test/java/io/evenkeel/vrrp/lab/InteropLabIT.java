package io.evenkeel.vrrp.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ours beside keepalived, in every role; {@code dev/lab vrrp} runs it. */
@Tag("lab")
@Timeout(value = 40, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InteropLabIT {
  /** More, and the samples are late. */
  private static final int SEGMENTS = Integer.getInteger("evenkeel.lab.segments", 12);

  private static final long SEED = Long.getLong("evenkeel.lab.seed", 1);

  /** {@code vrrp}, and then nothing, {@code all}, or what a case's line is to have in it. */
  private static final String NAME =
      System.getProperty("evenkeel.lab.names", "").replaceFirst("^vrrp ?", "");

  @TempDir Path directory;

  @Test
  void matrix_oursBesideKeepalived_endsAndMovesAsTwoKeepaliveds() throws Exception {
    List<Case> all = Case.all();
    List<Case> cases =
        NAME.isEmpty()
            ? Matrix.pairwise()
            : all.stream()
                .filter(one -> NAME.equals("all") || one.toString().contains(NAME))
                .toList();
    assertFalse(cases.isEmpty(), NAME);
    System.out.println(
        "%d of %d cases, %d of %d pairs of values"
            .formatted(
                cases.size(), all.size(), Matrix.pairs(cases).size(), Matrix.pairs(all).size()));

    InteropLab lab = new InteropLab(directory, SEGMENTS, SEED);
    List<Verdict> verdicts = lab.compare(cases);

    verdicts.forEach(System.out::println);
    System.out.println(lab.runs());
    if (NAME.equals("all")) {
      String version = LabShell.run("keepalived", "--version").lines().findFirst().orElseThrow();
      Files.writeString(
          Path.of(System.getProperty("basedir", "."), "..", "docs", "vrrp-interop.md"),
          InteropReport.of(verdicts, version.replaceFirst(" \\(.*", "")));
    }
    assertEquals(List.of(), verdicts.stream().filter(one -> !one.isGood()).toList());
  }
}

package io.evenkeel.vrrp.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.vrrp.lab.Contender.Kind;
import io.evenkeel.vrrp.protocol.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two masters on one processor, ours and keepalived, with an endless loop, and with the garbage
 * that the JVM of ours makes and collects. Each has a backup elsewhere, which is to stay one.
 * {@code dev/lab vrrp calm} runs it.
 */
@Tag("lab")
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CalmLabIT {
  private static final int INTERVAL_MILLIS = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MINUTES = Integer.getInteger("evenkeel.lab.minutes", 10);

  @TempDir Path directory;

  @Test
  void backup_ofBusyMaster_staysBackup() throws Exception {
    List<String> pinned =
        List.of("taskset", "-c", Integer.toString(Runtime.getRuntime().availableProcessors() - 1));
    Path sampler = LabShell.compile("sampler", directory);
    try (Segment one = new Segment();
        Segment other = new Segment();
        Contender ours = new Ours(one, Host.HIGH, pinned, List.of(Garbage.MAKE));
        Contender keepalived = new Keepalived(other, Host.HIGH, pinned);
        Contender oursBackup = Kind.KEEPALIVED.on(one, Host.LOW);
        Contender keepalivedBackup = Kind.KEEPALIVED.on(other, Host.LOW);
        Sampler oursThird = start(sampler, one, ours, oursBackup);
        Sampler keepalivedThird = start(sampler, other, keepalived, keepalivedBackup);
        LabProcess busy =
            new LabProcess(
                List.of(
                    "taskset", pinned.get(1), pinned.get(2), "sh", "-c", "while :; do :; done"))) {
      long start = System.nanoTime();
      Thread.sleep(Duration.ofMinutes(MINUTES).toMillis());
      Trace seen = oursThird.finish();
      Trace seenOfKeepalived = keepalivedThird.finish();

      ours.log().stream()
          .filter(line -> line.startsWith(Garbage.MADE))
          .reduce((first, second) -> second)
          .ifPresent(line -> System.out.println(line + " MB in " + MINUTES + " minutes"));
      System.out.println(figures("keepalived", seenOfKeepalived, start));
      System.out.println(figures("ours", seen, start));
      assertTrue(busy.isAlive(), () -> busy.lines().toString());
      assertEquals(0, ofBackup(seen, start), seen::path);
    }
  }

  private static Sampler start(Path sampler, Segment segment, Contender master, Contender backup)
      throws IOException {
    Settings high =
        new Settings(Host.HIGH, Version.V3, false, false, 150, INTERVAL_MILLIS, true, 0, "", "");
    master.prepare();
    master.start(high);
    Sampler third = Sampler.start(sampler, segment, high.sampled());
    if (!third.await(trace -> trace.last().equals("high"), PATIENCE)) {
      third.close();
      throw new IOException("no master: " + master.log());
    }
    backup.start(
        new Settings(Host.LOW, Version.V3, false, false, 100, INTERVAL_MILLIS, true, 0, "", ""));
    return third;
  }

  /** How many advertisements are the backup's. */
  private static long ofBackup(Trace trace, long start) {
    return trace.adverts().stream()
        .filter(advert -> advert.host() == Host.LOW.number && advert.nanos() - start > 0)
        .count();
  }

  private static String figures(String who, Trace trace, long start) {
    List<Long> times =
        trace.adverts().stream()
            .filter(advert -> advert.host() == Host.HIGH.number && advert.nanos() - start > 0)
            .map(Trace.Advert::nanos)
            .toList();
    long longest = 0;
    for (int i = 1; i < times.size(); i++) {
      longest = Math.max(longest, times.get(i) - times.get(i - 1));
    }
    return "%s: %d advertisements, at most %d ms apart, %d of its backup"
        .formatted(who, times.size(), longest / 1_000_000, ofBackup(trace, start));
  }
}

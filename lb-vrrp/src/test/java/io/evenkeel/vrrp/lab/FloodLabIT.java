package io.evenkeel.vrrp.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.vrrp.lab.Contender.Kind;
import io.evenkeel.vrrp.protocol.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A master, and a host that sends what it should not; {@code dev/lab vrrp flood} runs it. */
@Tag("lab")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FloodLabIT {
  private static final Duration INTERVAL = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int RATE = 50_000;
  private static final int SECONDS = 10;

  private static final Settings SETTINGS =
      new Settings(
          Host.HIGH, Version.V3, false, false, 150, (int) INTERVAL.toMillis(), true, 0, "", "");

  @TempDir Path directory;

  private Segment segment;

  @BeforeEach
  void connect() throws IOException {
    segment = new Segment();
  }

  @AfterEach
  void disconnect() throws IOException {
    segment.close();
  }

  @ParameterizedTest
  @EnumSource
  void flood_ofAnotherVirtualRouter_delaysNoAdvertisementByAnInterval(Kind kind) throws Exception {
    try (Contender master = kind.on(segment, Host.HIGH);
        Sampler third = master(master)) {
      long start = System.nanoTime();
      String sent =
          send(List.of(Frames.advert(Host.FOURTH, Settings.VRID + 1, 200)), RATE, RATE * SECONDS);
      Trace trace = third.finish();

      long before = start;
      List<Duration> gaps = new ArrayList<>();
      for (Trace.Advert advert : trace.adverts()) {
        if (advert.nanos() - start > 0) {
          gaps.add(Duration.ofNanos(advert.nanos() - before));
          before = advert.nanos();
        }
      }
      Duration longest = Collections.max(gaps);
      System.out.println(
          "%s: %d advertisements during a flood (%s), at most %d ms apart"
              .formatted(kind, gaps.size(), sent, longest.toMillis()));
      assertEquals("high", trace.last());
      assertTrue(
          kind == Kind.KEEPALIVED || longest.compareTo(INTERVAL.multipliedBy(2)) <= 0,
          longest::toString);
    }
  }

  @Test
  void mutatedAdvert_everyByte_changesNothing() throws Exception {
    List<String> frames = new ArrayList<>(Frames.mutated(Host.LOW, Settings.VRID, 200));
    frames.addAll(Frames.random(Host.LOW, 20_000, 1));
    try (Contender master = Kind.OURS.on(segment, Host.HIGH);
        Sampler third = master(master)) {
      send(frames, 10_000, frames.size());
      Trace trace = third.trace();
      assertEquals("high", trace.last(), trace.path());
      assertEquals(1, Collections.frequency(master.log(), "phase BACKUP"), "as at its start");

      // As it was before it was changed it ends the master.
      send(List.of(Frames.advert(Host.LOW, Settings.VRID, 200)), 1, 1);
      assertTrue(third.await(seen -> seen.last().equals("none"), PATIENCE), third.trace()::path);
    }
  }

  /** Starts it, and waits until it is master. */
  private Sampler master(Contender master) throws IOException {
    master.prepare();
    master.start(SETTINGS);
    Sampler third =
        Sampler.start(LabShell.compile("sampler", directory), segment, SETTINGS.sampled());
    if (!third.await(trace -> trace.last().equals("high"), PATIENCE)) {
      third.close();
      throw new IOException("no master: " + master.log());
    }
    return third;
  }

  /** Returns when all is sent. */
  private String send(List<String> frames, int rate, int count) throws IOException {
    try (LabProcess sender =
        new LabProcess(
            List.of(
                LabShell.compile("sender", directory).toString(),
                segment.name(Host.FOURTH),
                Integer.toString(rate),
                Integer.toString(count)))) {
      frames.forEach(sender::tell);
      sender.finish();
      String[] said = sender.lines().get(0).split(" ", -1);
      return said[0] + " in " + Long.parseLong(said[1]) / 1_000_000 + " ms";
    }
  }
}

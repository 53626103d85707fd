package io.evenkeel.benchmark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.model.Endpoint;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CheckRecorderTest {
  private static final long START = -17;
  private static final long MS = 1_000_000;

  private final CheckRecorder recorder = new CheckRecorder(3, 1, Duration.ofMillis(250));

  @Test
  void begun_atTimes_isCountedByTheTenthOfASecond() {
    recorder.begun(0, START);
    recorder.start(START);
    recorder.begun(0, START);
    recorder.begun(1, START + 100 * MS - 1);
    recorder.begun(2, START + 100 * MS);
    recorder.begun(0, START + 1000 * MS);
    recorder.stop();
    recorder.begun(0, START + 200 * MS);

    assertArrayEquals(new int[] {0, 0, 0, 0, 0, 0, 0, 0, 1, 2}, recorder.begunInBuckets());
  }

  @Test
  void latest_oneWasLateOnce_isNoDrift() {
    recorder.start(START);
    for (int i = 0; i < 4; i++) {
      recorder.begun(0, START + i * 250L * MS);
      recorder.begun(1, START + i * 250L * MS + (i == 2 ? 7 * MS : 0));
      recorder.begun(2, START + i * 250L * MS - i * MS);
    }
    assertEquals(7 * MS, recorder.latestNanos());
    assertEquals(0, recorder.driftNanos());
  }

  @Test
  void drift_everyRunIsLater_isWhatAddedUp() {
    recorder.start(START);
    for (int i = 0; i < 4; i++) {
      for (int endpoint = 0; endpoint < 3; endpoint++) {
        recorder.begun(endpoint, START + i * (250L + endpoint) * MS);
      }
    }
    assertEquals(3 * MS, recorder.driftNanos());
    assertEquals(6 * MS, recorder.latestNanos());
  }

  @Test
  void ended_results_areCounted() {
    recorder.ended(false);
    recorder.start(START);
    recorder.ended(true);
    recorder.ended(false);
    recorder.stop();
    recorder.ended(false);

    assertEquals(2, recorder.ended());
    assertEquals(1, recorder.notPassed());
  }

  @Test
  void endpoint_each_hasAnAddressOfItsOwn() throws Exception {
    Set<String> hosts = new HashSet<>();
    for (int i = 0; i < 1_000_000; i += 97) {
      Endpoint endpoint = CheckLoadRun.endpoint(i, 80);
      hosts.add(endpoint.host());
      assertEquals(i, CheckLoadRun.indexOf(InetAddress.getByName(endpoint.host()).getAddress()));
    }
    assertEquals((999_999 / 97) + 1, hosts.size());
  }
}

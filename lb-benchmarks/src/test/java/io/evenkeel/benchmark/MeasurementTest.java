package io.evenkeel.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class MeasurementTest {
  private static final String HEAD =
      "\"Benchmark\",\"Mode\",\"Threads\",\"Samples\",\"Score\",\"Score Error (99.9%)\",\"Unit\","
          + "\"Param: policy\",\"Param: scheduler\",\"Param: servers\",\"Param: weights\"";

  private static String row(String benchmark, int threads, String score, String params) {
    return "\"io.evenkeel.benchmark."
        + benchmark
        + "\",\"avgt\","
        + threads
        + ",2,"
        + score
        + ",NaN,\"ns/op\","
        + params;
  }

  @Test
  void parse_oneOfEach_namesThemAndFindsTheirBytes() {
    List<String> lines =
        List.of(
            HEAD,
            row("DispatchBenchmark.select", 2, "6.300000", ",wlc,16,8"),
            row("DispatchBenchmark.select", 1, "1.400000", ",lc,16,1"),
            row("DispatchBenchmark.select:gc.alloc.rate", 2, "77.000000", ",wlc,16,8"),
            row("DispatchBenchmark.select:gc.alloc.rate.norm", 2, "0.500000", ",wlc,16,8"),
            row("ArmeriaBenchmark.select", 2, "30.000000", "sticky,,16,"),
            row("ArmeriaBenchmark.select:gc.alloc.rate.norm", 2, "24.000000", "sticky,,16,"),
            row("BaselineBenchmark.ring", 1, "48.000000", ",,128,"));
    assertEquals(
        List.of(
            new Measurement(
                3, "current", "Evenkeel wlc, weights 1 to 8", "select", 16, 2, 6.3, 0.5),
            new Measurement(3, "current", "Evenkeel lc", "select", 16, 1, 1.4, Double.NaN),
            new Measurement(3, "current", "Armeria sticky", "select", 16, 2, 30, 24),
            new Measurement(3, "current", "Baseline ring", "ring", 128, 1, 48, Double.NaN)),
        Measurement.parse(3, "current", lines));
  }

  @Test
  void parse_noServers_isRefused() {
    List<String> lines = List.of(HEAD, row("BaselineBenchmark.claim", 1, "68.000000", ",,,"));
    assertThrows(IllegalArgumentException.class, () -> Measurement.parse(1, "current", lines));
  }

  @Test
  void parse_nothing_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> Measurement.parse(1, "current", List.of()));
  }
}

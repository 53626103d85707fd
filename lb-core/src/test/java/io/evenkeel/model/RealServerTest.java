package io.evenkeel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Forwarding.Checksum;
import io.evenkeel.model.Forwarding.Method;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real servers and how they are checked. */
class RealServerTest {
  private static final Probe PROBE = () -> "probe";
  private static final CheckSpec SPEC = CheckSpec.of(PROBE);

  @Test
  void of_endpoint_hasWeightOneAndNoCheck() {
    RealServer server = RealServer.of("127.0.0.1:80");

    assertEquals(Endpoint.parse("127.0.0.1:80"), server.endpoint());
    assertEquals(1, server.weight());
    assertEquals(List.of(), server.checks());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65535})
  void withWeight_inRange_isKept(int weight) {
    RealServer server = RealServer.of("a:1").withChecks(SPEC).withWeight(weight);

    assertEquals(weight, server.weight());
    assertEquals(List.of(SPEC), server.checks());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65536, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void withWeight_outOfRange_throws(int weight) {
    RealServer server = RealServer.of("a:1");

    assertMessage("weight: " + weight + " (expected: 0..65535)", () -> server.withWeight(weight));
  }

  @Test
  void withChecks_none_takesThemAway() {
    assertEquals(List.of(), RealServer.of("a:1").withChecks(SPEC).withChecks().checks());
  }

  @Test
  void checkSpecOf_probe_hasTheDocumentedDefaults() {
    assertEquals(
        new CheckSpec(
            PROBE,
            CheckPlace.OWN,
            new CheckTiming(
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2)),
            2,
            3,
            InitialState.UP,
            null),
        SPEC);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0.001S", "PT1S", "PT24H"})
  void checkSpec_durationInRange_isKept(Duration value) {
    CheckSpec spec = SPEC.every(value, value).timeout(value);

    assertEquals(value, spec.timing().interval());
    assertEquals(value, spec.timing().retryInterval());
    assertEquals(value, spec.timing().timeout());
    assertEquals(2, spec.rise());
    assertEquals(3, spec.fall());
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT0.000999999S", "PT24H0.000000001S"})
  void checkSpec_durationOutOfRange_throws(Duration value) {
    Duration good = Duration.ofSeconds(1);
    String words = ": " + value + " (expected: 1 ms..1 day)";

    assertMessage("interval" + words, () -> SPEC.every(value, good));
    assertMessage("retryInterval" + words, () -> SPEC.every(good, value));
    assertMessage("connectTimeout" + words, () -> SPEC.timeout(value));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000})
  void checkSpec_countInRange_isKept(int count) {
    CheckSpec spec = SPEC.counts(count, 1001 - count);

    assertEquals(count, spec.rise());
    assertEquals(1001 - count, spec.fall());
    assertEquals(SPEC.timing().interval(), spec.timing().interval());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1001})
  void checkSpec_countOutOfRange_throws(int count) {
    assertMessage("rise: " + count + " (expected: 1..1000)", () -> SPEC.counts(count, 1));
    assertMessage("fall: " + count + " (expected: 1..1000)", () -> SPEC.counts(1, count));
  }

  @Test
  void withThresholds_inRange_areKeptThroughChanges() {
    RealServer server = RealServer.of("a:1").withThresholds(5, 5);

    assertEquals(5, server.upperThreshold());
    assertEquals(5, server.lowerThreshold());
    assertEquals(server, server.withWeight(7).withWeight(1));
    assertEquals(server, server.withChecks(SPEC).withChecks());
    assertEquals(RealServer.of("a:1"), server.withThresholds(0, 0));
  }

  @Test
  void withThresholds_outOfRange_throws() {
    RealServer server = RealServer.of("a:1");

    assertMessage("upper threshold: -1 (expected: 0 or more)", () -> server.withThresholds(-1, 0));
    assertMessage(
        "lower threshold: -1 (expected: 0..5, the upper threshold)",
        () -> server.withThresholds(5, -1));
    assertMessage(
        "lower threshold: 6 (expected: 0..5, the upper threshold)",
        () -> server.withThresholds(5, 6));
    assertMessage(
        "lower threshold: 1 (expected: 0..0, the upper threshold)",
        () -> server.withThresholds(0, 1));
  }

  @Test
  void forwarding_ofATunnel_isChecked() {
    assertMessage("tunnel port: 0 (expected: 1..65535)", () -> Forwarding.gue(0, Checksum.NONE));
    assertMessage(
        "tunnel port: 65536 (expected: 1..65535)", () -> Forwarding.gue(65536, Checksum.NONE));
    assertMessage(
        "tunnel port: 1 (expected: 0)", () -> new Forwarding(Method.GRE, 1, Checksum.NONE));
    assertMessage(
        "tunnel checksum: REMOTE with GRE (expected: none)", () -> Forwarding.gre(Checksum.REMOTE));
    assertMessage(
        "tunnel checksum: PRESENT with IPIP (expected: none)",
        () -> new Forwarding(Method.IPIP, 0, Checksum.PRESENT));
    assertEquals("gre checksum present", Forwarding.gre(Checksum.PRESENT).toString());
    assertEquals("gue:6080", Forwarding.gue(6080, Checksum.NONE).toString());
  }

  @Test
  void checkSpec_port_isSaidAndInRange() {
    assertEquals(8080, SPEC.port(8080).place().port());
    assertEquals(SPEC, SPEC.port(8080).port(0));
    assertTrue(SPEC.port(8080).toString().contains(" port 8080 every "));
    assertMessage("check port: -1 (expected: 0..65535)", () -> SPEC.port(-1));
    assertMessage("check port: 65536 (expected: 0..65535)", () -> SPEC.port(65536));
  }

  private static void assertMessage(String expected, Executable e) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, e).getMessage());
  }
}

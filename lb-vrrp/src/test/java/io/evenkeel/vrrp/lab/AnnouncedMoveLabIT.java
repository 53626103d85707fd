package io.evenkeel.vrrp.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.vrrp.lab.Contender.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two hosts know who has the address, send nothing, and know it as soon as another has it. {@code
 * dev/lab vrrp} runs it.
 */
@Tag("lab")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AnnouncedMoveLabIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @ParameterizedTest
  @EnumSource
  void takeover_ofOurs_isLearntByAllFromWhatItAnnounces(Case.Protocol protocol) throws Exception {
    Case what = new Case(protocol, false, Host.LOW, Scenario.STOP);
    String address = what.settings(Host.LOW).sampled();
    try (Segment segment = new Segment();
        Contender high = Kind.KEEPALIVED.on(segment, Host.HIGH);
        Contender low = Kind.OURS.on(segment, Host.LOW)) {
      low.prepare();
      high.start(what.settings(Host.HIGH));
      low.start(what.settings(Host.LOW));
      for (Host host : new Host[] {Host.THIRD, Host.FOURTH}) {
        // It asks for the address when it has something to send there.
        assertKnows(
            segment, host, "bash -c 'echo >/dev/udp/" + address + "/9'; ", address, Host.HIGH);
      }

      high.stop();

      assertKnows(segment, Host.THIRD, "", address, Host.LOW);
      assertKnows(segment, Host.FOURTH, "", address, Host.LOW);
    }
  }

  /** Without what it is to do first it sends nothing: its table is looked at. */
  private static void assertKnows(
      Segment segment, Host host, String first, String address, Host owner) throws IOException {
    String wanted = "02:00:00:00:00:0" + owner.number + " ";
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (String said = ""; !said.contains(wanted); ) {
      assertTrue(System.nanoTime() - deadline < 0, said + " (expected: " + wanted + ")");
      said = segment.in(host, "sh -c \"" + first + "ip neighbour show to " + address + "\"");
    }
  }
}

package io.evenkeel.check;

import static io.evenkeel.check.CheckLab.IMPATIENT;
import static io.evenkeel.check.CheckLab.PATIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.DynamicWeight;
import io.evenkeel.model.AdminState;
import io.evenkeel.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Agents on real sockets: an agent is a few lines that one writes oneself. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AgentCheckIT {
  private static final AgentCheck AGENT = AgentCheck.create();

  private static CheckLab lab;

  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  static void startEventLoops() {
    lab = new CheckLab();
  }

  @AfterAll
  static void endEventLoops() {
    lab.close();
  }

  @AfterEach
  void closePeers() throws Exception {
    for (AutoCloseable peer : open) {
      peer.close();
    }
  }

  static Stream<Transport> transports() {
    return CheckLab.transports();
  }

  @ParameterizedTest
  @MethodSource("transports")
  void agent_weightAndState_areTaken(Transport transport) throws Exception {
    Peer peer = keep(new Peer(socket -> Peer.say(socket, "up 75%,drain\n")));
    assertEquals(
        CheckResult.pass("up 75%,drain")
            .with(new DynamicWeight(DynamicWeight.Kind.PERCENT, 75))
            .with(AdminState.DRAIN),
        lab.run(transport, AGENT, peer.address(), PATIENT).result());
    assertEquals("end", peer.awaitEnding());
  }

  @ParameterizedTest
  @MethodSource("transports")
  void agent_down_failsWithItsText(Transport transport) throws Exception {
    Peer peer = keep(new Peer(socket -> Peer.say(socket, "down#disk full\r\n")));
    lab.run(transport, AGENT, peer.address(), PATIENT)
        .assertFailed("down: disk full", Duration.ZERO);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void agent_endsWithoutLineEnd_isHeard(Transport transport) throws Exception {
    Peer peer =
        keep(
            new Peer(
                socket -> {
                  Peer.say(socket, "stopped");
                  socket.shutdownOutput();
                }));
    lab.run(transport, AGENT, peer.address(), PATIENT).assertFailed("stopped", Duration.ZERO);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void agent_isSentWhatItShallBe(Transport transport) throws Exception {
    Peer peer =
        keep(
            new Peer(
                socket -> {
                  byte[] said = socket.getInputStream().readNBytes(8);
                  Peer.say(
                      socket,
                      new String(said, 0, 7, "ISO-8859-1").equals("web-\u00e9 1")
                          ? "up\n"
                          : "down\n");
                }));
    lab.run(transport, AGENT.sending("web-\u00e9 1\n"), peer.address(), PATIENT).assertPassed("up");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void agent_misbehaves_failsWithAReason(Transport transport) throws Exception {
    Map<String, String> reasons =
        Map.of(
            "silent", "no (connection|answer) within 300 ms",
            "closing", "connection closed without an answer",
            "slamming", "connection closed without an answer|connection reset",
            "resetting", "connection reset",
            "garbage", ".{0,103} \\(expected: up, .*",
            "endless zeros", "a line of more than 1024 bytes",
            "endless line", "a line of more than 1024 bytes",
            "endless lines", "x \\(expected: up, .*");
    for (Map.Entry<String, Peer.Script> misbehaviour : Misbehaviour.all().entrySet()) {
      Peer peer = keep(new Peer(misbehaviour.getValue()));
      boolean isSilent = misbehaviour.getKey().equals("silent");
      lab.run(transport, AGENT, peer.address(), isSilent ? IMPATIENT : PATIENT)
          .assertFailed(reasons.get(misbehaviour.getKey()), isSilent ? IMPATIENT : Duration.ZERO);
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void agent_refusesOrIsSlow_fails(Transport transport) throws Exception {
    lab.run(transport, AGENT, Peer.nobody(), PATIENT)
        .assertFailed("connection refused", Duration.ZERO);
    Peer drips = keep(new Peer(Misbehaviour.dripping(Duration.ofMillis(200), "up 75%\n")));
    lab.run(transport, AGENT, drips.address(), IMPATIENT)
        .assertFailed("no answer within 300 ms", IMPATIENT);
  }

  private <T extends AutoCloseable> T keep(T peer) {
    open.add(peer);
    return peer;
  }
}

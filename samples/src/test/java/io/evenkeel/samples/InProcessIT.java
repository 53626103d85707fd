package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class InProcessIT {
  @Test
  @Tag("smoke")
  void run_threeServers_reachesEachInTurn() throws Exception {
    List<DemoServer> servers =
        List.of(
            DemoServer.start("A", Duration.ZERO),
            DemoServer.start("B", Duration.ZERO),
            DemoServer.start("C", Duration.ZERO));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      InProcess.run(servers, new PrintStream(out, true, StandardCharsets.UTF_8));
    } finally {
      servers.forEach(DemoServer::kill);
    }

    assertEquals(
        List.of(
            "reused objects: server C answered",
            "reused objects: server B answered",
            "reused objects: server A answered",
            "short form: server C answered",
            "short form: server B answered",
            "short form: server A answered"),
        out.toString(StandardCharsets.UTF_8).lines().toList());
  }
}

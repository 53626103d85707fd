package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnSchedulerTest {

  @Test
  void run_fiveConnections_fillOneServerAfterTheOther() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    OwnScheduler.run(new PrintStream(out, true, StandardCharsets.UTF_8));

    assertEquals(
        List.of(
            "1: 127.0.0.1:9001",
            "2: 127.0.0.1:9001",
            "3: 127.0.0.1:9002",
            "4: 127.0.0.1:9002",
            "5: nobody has room"),
        out.toString(StandardCharsets.UTF_8).lines().toList());
  }
}

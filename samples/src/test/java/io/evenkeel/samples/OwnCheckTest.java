package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class OwnCheckTest {

  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void run_oneCopyLags_getsNoConnections() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    OwnCheck.run(new PrintStream(out, true, StandardCharsets.UTF_8));

    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertTrue(lines.get(0).contains("127.0.0.1:9002"), lines.get(0));
    assertTrue(lines.get(0).contains("lag: 90 s (expected: 0..30 s) after 1 of 1"), lines.get(0));
    assertEquals(
        List.of("1: 127.0.0.1:9001", "2: 127.0.0.1:9001", "3: 127.0.0.1:9001"),
        lines.subList(1, lines.size()));
  }
}

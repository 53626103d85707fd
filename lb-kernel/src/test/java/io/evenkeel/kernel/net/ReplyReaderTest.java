package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReplyReaderTest {

  @Test
  void read_defect_failsThisOneAlone() {
    CompletableFuture<Duration> result = new CompletableFuture<>();

    new ReplyReader.Awaited(null, 0, result).read();

    assertTrue(result.isCompletedExceptionally());
  }
}

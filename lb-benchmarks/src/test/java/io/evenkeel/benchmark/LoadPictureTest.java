package io.evenkeel.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LoadPictureTest {

  /** Else {@code docs/schedulers.md} tells how to draw it again. */
  @Test
  void draw_now_isThePictureInTheDocs() throws IOException {
    assertEquals(Files.readString(Path.of("../docs/schedulers.svg")), LoadPicture.draw());
  }

  /** By weights alone, a server that is half as fast holds twice as many. */
  @Test
  void run_wrr_slowServersHoldTwiceAsMuch() {
    LoadPicture.Load[] loads = LoadPicture.run("wrr");

    assertEquals(2, loads[7].mean() / loads[6].mean(), 0.2);
  }

  /** Who looks at the connections notices. */
  @Test
  void run_wlc_slowServersHoldAsMuchAsOthers() {
    LoadPicture.Load[] loads = LoadPicture.run("wlc");

    assertEquals(1, loads[7].mean() / loads[6].mean(), 0.2);
    assertTrue(loads[7].p99() < LoadPicture.run("wrr")[7].p99());
  }
}

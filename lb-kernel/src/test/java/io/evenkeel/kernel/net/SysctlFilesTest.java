package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysctlFilesTest {
  @TempDir Path folder;

  @Test
  void putIfThere_goneSinceItWasListed_isPassedOver() throws Exception {
    Path here = Files.writeString(folder.resolve("here"), "1\n");
    Map<Path, Integer> values = new HashMap<>();

    SysctlFiles.putIfThere(values, folder.resolve("gone").resolve("forwarding"));
    SysctlFiles.putIfThere(values, here);

    assertEquals(Map.of(here, 1), values);
  }
}

package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.evenkeel.hook.Command;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScriptCheckTest {
  private static final ScriptCheck CHECK = ScriptCheck.of("/opt/check", "-v");

  @Test
  void equals_sameParts_isOneCheck() {
    assertEquals(CHECK, ScriptCheck.of("/opt/check", "-v"));
    assertEquals(CHECK.hashCode(), ScriptCheck.of("/opt/check", "-v").hashCode());
    assertNotEquals(CHECK, ScriptCheck.of("/opt/check", "-q"));
    assertNotEquals(CHECK, CHECK.dynamic());
  }

  @Test
  void toString_each_saysHowItDiffers() {
    assertEquals("script", CHECK.name());
    assertEquals("script:/opt/check -v", CHECK.toString());
    assertEquals("script:/opt/check -v dynamic", CHECK.dynamic().toString());
  }

  @Test
  void toString_secret_isNotShown() {
    Command command = Command.of("/opt/check").withEnvironment(Map.of("TOKEN", "hush"));

    assertEquals(
        "script:/opt/check with TOKEN within PT5S",
        new ScriptCheck(command, ScriptCheck.Weights.NONE).toString());
  }
}

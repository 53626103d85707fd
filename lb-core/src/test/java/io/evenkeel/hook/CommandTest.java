package io.evenkeel.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.hook.CommandResult.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class CommandTest {
  private static final Command COMMAND = Command.of("/bin/x", "a b");

  @Test
  void toString_environment_showsNamesAlone() {
    Command command =
        COMMAND
            .withEnvironment(Map.of("TOKEN", "hush"))
            .in(Path.of("/srv"))
            .as("nobody")
            .timeout(Duration.ofSeconds(3));

    assertEquals("/bin/x a b with TOKEN in /srv as nobody within PT3S", command.toString());
  }

  @Test
  void toString_longestTimeout_isNotShown() {
    assertEquals("/bin/x a b", COMMAND.timeout(Duration.ofDays(1)).toString());
  }

  @Test
  void equals_sameParts_isTrue() {
    assertEquals(COMMAND, Command.of("/bin/x", "a b"));
    assertFalse(COMMAND.equals(COMMAND.maxOutputBytes(1)));
  }

  @Test
  void withArguments_more_comeLast() {
    assertEquals(Command.of("/bin/x", "a b", "c", ""), COMMAND.withArguments("c", ""));
    assertEquals(COMMAND, COMMAND.withArguments());
  }

  @Test
  void withEnvironment_sameName_takesTheNewValue() {
    Command command = COMMAND.withEnvironment(Map.of("A", "1", "B", "2"));

    assertEquals(
        Map.of("A", "3", "B", "2"), command.withEnvironment(Map.of("A", "3")).environment());
  }

  @Test
  void new_notRunnable_isRefused() {
    refused("arguments: [] (expected: a program, and what it is given)", Command::of);
    refused("arguments: [] (expected: a program, and what it is given)", () -> Command.of(""));
    refused("arguments: a text with a NUL (expected: none)", () -> Command.of("x", "a\0b"));
    refused(
        "environment: A=B (expected: a name without =)",
        () -> COMMAND.withEnvironment(Map.of("A=B", "")));
    refused(
        "environment:  (expected: a name without =)",
        () -> COMMAND.withEnvironment(Map.of("", "")));
    refused(
        "user: -x (expected: letters, digits, dots, hyphens and underscores)",
        () -> COMMAND.as("-x"));
    refused("timeout: PT0S (expected: 1 ms..1 day)", () -> COMMAND.timeout(Duration.ZERO));
    refused(
        "timeout: PT24H0.001S (expected: 1 ms..1 day)",
        () -> COMMAND.timeout(Duration.ofDays(1).plusMillis(1)));
    refused("maxOutputBytes: -1 (expected: 0..1048576)", () -> COMMAND.maxOutputBytes(-1));
  }

  @Test
  void firstLine_controlCharacters_areReplacedAndItIsCut() {
    assertEquals("a b", result("\n \na\u0007b\r\nc").firstLine(10));
    assertEquals("abc...", result("abcd").firstLine(3));
    assertEquals("", result("").firstLine(3));
  }

  @Test
  void resultToString_eachOutcome_saysHowItEnded() {
    assertEquals(
        List.of("exit 3", "signal 3", "ended after 7 ms", "not started: why"),
        List.of(Outcome.values()).stream()
            .map(outcome -> new CommandResult(outcome, 3, "why", Duration.ofMillis(7)).toString())
            .toList());
  }

  @Test
  void isSuccess_exitStatus0Alone_isTrue() {
    assertTrue(result("").isSuccess());
    assertFalse(new CommandResult(Outcome.EXITED, 1, "", Duration.ZERO).isSuccess());
    assertFalse(new CommandResult(Outcome.NOT_STARTED, 0, "", Duration.ZERO).isSuccess());
  }

  private static CommandResult result(String output) {
    return new CommandResult(Outcome.EXITED, 0, output, Duration.ZERO);
  }

  private static void refused(String message, Executable made) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, made).getMessage());
  }
}

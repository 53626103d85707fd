package io.evenkeel.vrrp.track;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessMatchTest {

  @ParameterizedTest
  @CsvSource({
    "nginx, 42 (nginx) S 1 42, true",
    "nginx, 42 (nginx2) S 1 42, false",
    "nginx, 42 (ngin) S 1 42, false",
    "nginx, 42 (nginx) Z 1 42, false",
    "nginx, 42 (nginx) X 1 42, false",
    "a) (b, 42 (a) (b) R 1, true",
    "fifteen-bytes-x, 42 (fifteen-bytes-x) S, true",
    "fifteen-bytes-xy, 42 (fifteen-bytes-x) S, true",
    "fourteen-bytes, 42 (fourteen-bytesx) S, false",
    "käsereibetrieb, 42 (käsereibetrieb) S, true",
    "nginx, 42 (nginx), false",
    "nginx, '', false",
  })
  void isNamed_stat_comparesWhatTheKernelKeeps(String name, String stat, boolean expected) {
    assertEquals(expected, ProcessMatch.named(name).isNamed(stat.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @CsvSource({
    "java|-jar|x.jar|, true",
    "java|-jar|x.jar, false",
    "java|-jar|, false",
    "java|-jar|x.jar|y|, false",
    "'', false",
  })
  void isCommandLine_cmdline_comparesAllWords(String cmdline, boolean expected) {
    ProcessMatch match = ProcessMatch.commandLine("java", "-jar", "x.jar");

    assertEquals(expected, match.isCommandLine(cmdline.replace('|', '\0').getBytes(UTF_8)));
  }

  @Test
  void new_withoutWords_throws() {
    assertMessage("process: [] (expected: a command line)", ProcessMatch::commandLine);
    assertMessage("process: [] (expected: a name)", () -> ProcessMatch.named(""));
    assertMessage(
        "process: [a, b] (expected: a name)", () -> new ProcessMatch(List.of("a", "b"), false));
  }

  private static void assertMessage(String expected, Executable making) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, making).getMessage());
  }
}

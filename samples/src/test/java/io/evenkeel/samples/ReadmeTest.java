package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The README's example is the one that the build compiles. */
class ReadmeTest {
  private static final String BEGIN = "    VirtualService web =";
  private static final String END = "director.start();\n";

  @Test
  void example_isWhatTheBuildCompiles() throws IOException {
    String source = Files.readString(Path.of("src/main/java/io/evenkeel/samples/TenLines.java"));
    String lines = source.substring(source.indexOf(BEGIN), source.indexOf(END) + END.length());
    String example = lines.replaceAll("(?m)^ {4}", "");
    assertTrue(
        Files.readString(Path.of("../README.md")).contains("```java\n" + example + "```"),
        "README.md lacks:\n" + example);
  }
}

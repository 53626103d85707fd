package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The README's examples are those that the build compiles. */
class ReadmeTest {
  @ParameterizedTest
  @CsvSource({
    "TenLines, VirtualService web =, director.start();",
    "Failover, VirtualRouter web =, web.start();",
    "Moving, IpvsPlane kernel =, .join();"
  })
  void example_isWhatTheBuildCompiles(String name, String first, String last) throws IOException {
    String source =
        Files.readString(Path.of("src/main/java/io/evenkeel/samples/" + name + ".java"));
    String end = last + "\n";
    String lines =
        source.substring(source.indexOf("    " + first), source.indexOf(end) + end.length());
    String example = lines.replaceAll("(?m)^ {4}", "");
    assertTrue(
        Files.readString(Path.of("../README.md")).contains("```java\n" + example + "```"),
        "README.md lacks:\n" + example);
  }
}

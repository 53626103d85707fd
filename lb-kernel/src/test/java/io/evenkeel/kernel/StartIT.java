package io.evenkeel.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A program that calls the kernel, on the module path and on the class path, on every JDK that is
 * here: it works, and nothing complains.
 */
@Tag("smoke")
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StartIT {
  private static final Path JDKS = Path.of("/usr/lib/jvm");
  private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"([0-9]+)[^\"]*\"");

  /** What a program has, not what its tests have. */
  private static final List<String> LIBRARIES =
      Stream.of(System.getProperty("java.class.path").split(":", -1))
          .filter(entry -> !entry.endsWith("test-classes"))
          .filter(entry -> !entry.matches(".*/(junit|archunit|opentest4j|apiguardian|jazzer)[^/]*"))
          .toList();

  private static final String SOURCE =
      """
      package program;

      public class Main {
        public static void main(String[] args) throws Exception {
          System.out.println(
              io.evenkeel.kernel.check.PingCheck.create()
                  + " "
                  + io.evenkeel.kernel.check.PingCheck.class.getModule().isNamed()
                  + " "
                  + io.evenkeel.kernel.check.PingCheck.unavailabilityCause());
          try (io.evenkeel.kernel.net.Network network = io.evenkeel.kernel.net.Network.open()) {
            System.out.println(network.links().size() > 0);
          }
          System.out.println("ipvs: " + io.evenkeel.kernel.ipvs.Ipvs.unavailabilityCause());
        }
      }
      """;

  @TempDir Path folder;

  static List<String> jdks() throws IOException {
    TreeSet<String> homes = new TreeSet<>();
    homes.add(Path.of(System.getProperty("java.home")).toRealPath().toString());
    if (Files.isDirectory(JDKS)) {
      try (Stream<Path> all = Files.list(JDKS)) {
        for (Path home : all.toList()) {
          if (version(home) >= 17 && Files.isExecutable(home.resolve("bin/java"))) {
            homes.add(home.toRealPath().toString());
          }
        }
      }
    }
    return List.copyOf(homes);
  }

  @BeforeEach
  void compile() throws IOException {
    Path sources = Files.createDirectories(folder.resolve("src/program"));
    Path main = Files.writeString(sources.resolve("Main.java"), SOURCE);
    Path module =
        Files.writeString(
            folder.resolve("src/module-info.java"),
            "module program { requires io.evenkeel.kernel; }");
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--release",
                "17",
                "--module-path",
                String.join(":", LIBRARIES),
                "-d",
                folder.resolve("classes").toString(),
                main.toString(),
                module.toString());
    assertEquals(0, status, "javac");
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void modulePath_anyJdk_worksInSilence(String jdk) throws Exception {
    assertWorks(
        jdk,
        "ping true ",
        "--enable-native-access=org.jnrproject.jffi",
        "--module-path",
        path(),
        "--module",
        "program/program.Main");
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void classPath_anyJdk_worksInSilence(String jdk) throws Exception {
    assertWorks(
        jdk,
        "ping false ",
        "--enable-native-access=ALL-UNNAMED",
        "--class-path",
        path(),
        "program.Main");
  }

  private String path() {
    return Stream.concat(Stream.of(folder.resolve("classes").toString()), LIBRARIES.stream())
        .collect(Collectors.joining(":"));
  }

  private void assertWorks(String jdk, String begin, String... arguments) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    List<String> command = new ArrayList<>(List.of(jdk + "/bin/java"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertTrue(process.waitFor(150, TimeUnit.SECONDS));
    } finally {
      process.destroyForcibly();
    }
    List<String> said = Files.readAllLines(out);
    assertEquals("", Files.readString(err));
    assertEquals(0, process.exitValue());
    assertEquals(3, said.size(), said.toString());
    // Whether it may ping, and has IPVS, is the kernel's answer, and not jnr-ffi's.
    assertTrue(
        said.get(0).equals(begin + "null")
            || said.get(0).startsWith(begin + "net.ipv4.ping_group_range: "),
        said.get(0));
    assertEquals("true", said.get(1));
    assertTrue(said.get(2).startsWith("ipvs: ") && !said.get(2).contains("jnr-ffi"), said.get(2));
  }

  private static int version(Path home) throws IOException {
    Path release = home.resolve("release");
    if (!Files.isRegularFile(release)) {
      return 0;
    }
    return VERSION
        .matcher(Files.readString(release))
        .results()
        .mapToInt(found -> Integer.parseInt(found.group(1)))
        .findFirst()
        .orElse(0);
  }
}

package io.evenkeel.kernel.plane;

import io.evenkeel.Director;
import io.evenkeel.model.VirtualService;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A director in a process of its own, to be killed. Arguments: the state file, and either services,
 * as in {@code 80=1,2}, or {@code plans SEED}: one random plan after the other. Says {@code ready}
 * when it is, and stops at the end of its input.
 */
final class DirectorMain {
  private static final String PLANS = "plans";
  private static final String READY = "ready";

  private DirectorMain() {}

  public static void main(String[] args) throws IOException {
    Director.Builder builder =
        Director.builder()
            .threads(1)
            .dataPlane(IpvsPlane.builder(Path.of(args[0])).resync(Duration.ofMillis(200)).build());
    if (!args[1].equals(PLANS)) {
      for (int i = 1; i < args.length; i++) {
        builder.service(service(args[i]));
      }
    }
    try (Director director = builder.build().start()) {
      System.out.println(READY);
      if (args[1].equals(PLANS)) {
        Random random = new Random(Long.parseLong(args[2]));
        while (true) {
          director.edit().replaceAll(Plans.random(random)).apply();
        }
      }
      while (System.in.read() >= 0) {
        // Until its end.
      }
    }
    System.exit(0);
  }

  private static VirtualService service(String text) {
    String[] parts = text.split("=", -1);
    VirtualService.Builder builder =
        VirtualService.tcp(PlaneNetwork.ADDRESS + ":" + parts[0]).scheduler("rr");
    for (String number : parts[1].split(",", -1)) {
      builder.realServer("10.2.0.1" + number + ":8080");
    }
    return builder.build();
  }

  /** Starts it, and waits until it is ready. */
  static Process start(Path state, String... services) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                DirectorMain.class.getName(),
                state.toString()));
    command.addAll(List.of(services));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader out = process.inputReader();
    for (String line = out.readLine(); !READY.equals(line); line = out.readLine()) {
      if (line == null) {
        process.destroyForcibly();
        throw new IOException("the director did not start");
      }
    }
    Thread rest = new Thread(() -> out.lines().forEach(line -> {}));
    rest.setDaemon(true);
    rest.start();
    return process;
  }
}

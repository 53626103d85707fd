package io.evenkeel.vrrp.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The third host of a segment: asks every 10 ms who has the address. In C, to be on time. */
final class Sampler implements AutoCloseable {
  static final Duration PERIOD = Duration.ofMillis(10);

  private final LabProcess process;

  private Sampler(Path program, Segment segment, String address, Duration period, String... more)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                segment.name(Host.THIRD),
                segment.bridge(),
                address,
                Long.toString(period.toNanos() / 1000)));
    command.addAll(List.of(more));
    process = new LabProcess(command);
  }

  static Sampler start(Path program, Segment segment, String address) throws IOException {
    return new Sampler(program, segment, address, PERIOD);
  }

  /** One that asks more often, and pings as well. */
  static Sampler pinging(Path program, Segment segment, String address, Duration period)
      throws IOException {
    return new Sampler(program, segment, address, period, "ping");
  }

  /** Compiles it. */
  static Path compile(Path directory) throws IOException {
    return LabShell.compile("sampler", directory);
  }

  /** What it has seen until now. */
  Trace trace() {
    return Trace.of(process.lines());
  }

  /**
   * Waits until it has seen what is wanted.
   *
   * @return whether it has
   */
  boolean await(Predicate<Trace> wanted, Duration atMost) throws IOException {
    return process.await(lines -> wanted.test(Trace.of(lines)), atMost);
  }

  /** Ends it. */
  Trace finish() throws IOException {
    process.finish();
    return trace();
  }

  @Override
  public void close() {
    process.close();
  }
}

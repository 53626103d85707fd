package io.evenkeel.vrrp.lab;

import io.evenkeel.vrrp.protocol.Phase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link RouterMain} in a JVM of its own, which waits for its settings once it is prepared. */
final class Ours implements Contender {
  private static final Duration START = Duration.ofMinutes(3);

  private final Segment segment;
  private final Host host;
  private final List<String> runner;
  private final List<String> arguments;
  private final List<String> before = new ArrayList<>();
  private @Nullable LabProcess process;
  private @Nullable LabProcess prepared;

  Ours(Segment segment, Host host) {
    this(segment, host, List.of(), List.of());
  }

  /** Run by another program, and with arguments. */
  Ours(Segment segment, Host host, List<String> runner, List<String> arguments) {
    this.segment = segment;
    this.host = host;
    this.runner = runner;
    this.arguments = arguments;
  }

  @Override
  public void prepare() throws IOException {
    if (prepared == null) {
      List<String> command = new ArrayList<>(segment.enter(host));
      command.addAll(runner);
      command.addAll(java());
      command.add(RouterMain.class.getName());
      command.addAll(arguments);
      prepared = new LabProcess(command);
      prepared.expect(RouterMain.READY::equals, START);
    }
  }

  /** A JVM that starts soon and takes little. */
  static List<String> java() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx128m",
        "-Xshare:auto",
        "-cp",
        System.getProperty("java.class.path"));
  }

  @Override
  public void start(Settings settings) throws IOException {
    prepare();
    LabProcess mine = prepared;
    prepared = null;
    if (process != null) {
      before.addAll(process.lines());
    }
    process = mine;
    process.tell(RouterMain.line(settings));
    process.expect(line -> phase(line) != null, START);
  }

  private static @Nullable Phase phase(String line) {
    return line.startsWith(RouterMain.PHASE)
        ? Phase.valueOf(line.substring(RouterMain.PHASE.length()))
        : null;
  }

  @Override
  public void stop() throws IOException {
    process.tell(RouterMain.STOP);
    process.awaitEnd();
  }

  @Override
  public void kill() throws IOException {
    LabProcess.signal("KILL", List.of(process.pid()));
    process.awaitEnd();
  }

  @Override
  public void pause(boolean paused) throws IOException {
    LabProcess.signal(paused ? "STOP" : "CONT", List.of(process.pid()));
  }

  @Override
  public void priority(int priority) {
    process.tell(RouterMain.PRIORITY + priority);
  }

  @Override
  public Phase phase() {
    Phase last = Phase.INITIALIZE;
    for (String line : process == null ? List.<String>of() : process.lines()) {
      Phase phase = phase(line);
      if (phase != null) {
        last = phase;
      }
    }
    return last;
  }

  @Override
  public List<String> log() {
    List<String> all = new ArrayList<>(before);
    if (process != null) {
      all.addAll(process.lines());
    }
    return all;
  }

  @Override
  public void close() {
    LabProcess.end(process);
    LabProcess.end(prepared);
  }
}

package io.evenkeel.vrrp.lab;

import io.evenkeel.vrrp.protocol.Phase;
import io.evenkeel.vrrp.protocol.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Debian's keepalived: two processes, of which the second is the router. */
final class Keepalived implements Contender {
  private static final Duration START = Duration.ofSeconds(20);
  private static final Pattern STATE =
      Pattern.compile(".*\\(web\\) Entering (BACKUP|MASTER|FAULT) STATE.*");

  private final Segment segment;
  private final Host host;
  private final List<String> runner;
  private final List<String> before = new ArrayList<>();
  private @Nullable Path directory;
  private @Nullable LabProcess process;
  private @Nullable Settings settings;

  Keepalived(Segment segment, Host host) {
    this(segment, host, List.of());
  }

  /** Run by another program. */
  Keepalived(Segment segment, Host host, List<String> runner) {
    this.segment = segment;
    this.host = host;
    this.runner = runner;
  }

  @Override
  public void prepare() {}

  @Override
  public void start(Settings wanted) throws IOException {
    settings = wanted;
    if (directory == null) {
      directory = Files.createTempDirectory("evenkeel-vrrp-");
    }
    // What has been killed leaves its files.
    Files.deleteIfExists(file("pid"));
    Files.deleteIfExists(file("vrrp"));
    Files.writeString(file("conf"), configuration(wanted));
    if (process != null) {
      before.addAll(process.lines());
    }
    List<String> command = new ArrayList<>(segment.enter(host));
    command.addAll(runner);
    command.addAll(List.of("keepalived", "-P", "-n", "-l", "-D"));
    command.addAll(List.of("-f", file("conf").toString(), "-p", file("pid").toString()));
    command.addAll(List.of("-r", file("vrrp").toString()));
    process = new LabProcess(command);
    process.expect(line -> STATE.matcher(line).matches(), START);
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  /** keepalived.conf(5). */
  static String configuration(Settings settings) {
    StringBuilder text = new StringBuilder();
    text.append("vrrp_instance web {\n");
    text.append("  state BACKUP\n");
    text.append("  interface " + Segment.DEVICE + "\n");
    text.append("  virtual_router_id " + Settings.VRID + "\n");
    text.append("  version " + settings.version().number() + "\n");
    text.append("  priority " + settings.priority() + "\n");
    text.append("  advert_int ");
    text.append(
        settings.version() == Version.V2
            ? Integer.toString(settings.intervalMillis() / 1000)
            : String.format(Locale.ROOT, "%.2f", settings.intervalMillis() / 1000.0));
    text.append("\n");
    if (!settings.preempts()) {
      text.append("  nopreempt\n");
    }
    if (settings.preemptDelaySeconds() > 0) {
      text.append("  preempt_delay " + settings.preemptDelaySeconds() + "\n");
    }
    if (settings.unicast()) {
      text.append("  unicast_src_ip " + settings.source() + "\n");
      text.append("  unicast_peer {\n    " + settings.peer() + "\n  }\n");
    } else {
      text.append("  mcast_src_ip " + settings.source() + "\n");
    }
    if (!settings.authentication().isEmpty()) {
      text.append("  authentication {\n    auth_type " + settings.authentication() + "\n");
      text.append("    auth_pass " + settings.secret() + "\n  }\n");
    }
    text.append("  virtual_ipaddress {\n");
    settings.virtualAddresses().forEach(address -> text.append("    " + address + "\n"));
    return text.append("  }\n}\n").toString();
  }

  /** Both processes. */
  private List<Long> pids() throws IOException {
    return List.of(process.pid(), Long.parseLong(Files.readString(file("vrrp")).trim()));
  }

  @Override
  public void stop() throws IOException {
    LabProcess.signal("TERM", List.of(process.pid()));
    process.awaitEnd();
  }

  @Override
  public void kill() throws IOException {
    // Else the second sees that the first is gone, and says farewell.
    List<Long> pids = pids();
    LabProcess.signal("STOP", pids);
    LabProcess.signal("KILL", pids);
    process.awaitEnd();
  }

  @Override
  public void pause(boolean paused) throws IOException {
    LabProcess.signal(paused ? "STOP" : "CONT", pids());
  }

  @Override
  public void priority(int priority) throws IOException {
    settings = settings.priority(priority);
    Files.writeString(file("conf"), configuration(settings));
    LabProcess.signal("HUP", List.of(process.pid()));
  }

  @Override
  public Phase phase() {
    Phase phase = Phase.INITIALIZE;
    for (String line : process == null ? List.<String>of() : process.lines()) {
      Matcher state = STATE.matcher(line);
      if (state.matches()) {
        phase = Phase.valueOf(state.group(1));
      }
    }
    return phase;
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
  public void close() throws IOException {
    if (process != null && process.isAlive()) {
      kill();
    }
    if (directory != null) {
      for (String name : List.of("conf", "pid", "vrrp")) {
        Files.deleteIfExists(file(name));
      }
      Files.deleteIfExists(directory);
    }
  }
}

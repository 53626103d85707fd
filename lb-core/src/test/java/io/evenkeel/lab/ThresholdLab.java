package io.evenkeel.lab;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.lab.LabServers.Server;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.RealServer;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import io.evenkeel.schedule.Schedulers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * The edges of the thresholds' hysteresis, by script: what the kernel, ours and the script say must
 * be the same. All scripts go on side by side, because each waits until the kernel has forgotten
 * what was closed.
 */
final class ThresholdLab {
  static final String NAME = "thresholds";

  /** How many connections the scripts open. */
  static final int FLOWS = 155;

  private static final long FORGOTTEN_MILLIS = 10_900;

  /**
   * What happens, one word after the other. {@code limit=U,L}: other thresholds of the server that
   * has them; {@code refused=U,L}: both worlds refuse these; {@code open=N}: it gets N connections;
   * {@code other}: it is overloaded, the next connection goes to the other server; {@code close=N};
   * {@code forget}: what was closed is no connection any more; {@code remove}, {@code add}.
   */
  private static final List<String> SCRIPTS =
      List.of(
          // Three quarters of 8 are 6.
          "limit=8,0 open=8 other close=2 other forget other close=1 forget open=3 other",
          // Three quarters of 7 are more than 5.
          "limit=7,0 open=7 other close=1 forget other close=1 forget open=2 other",
          "limit=8,4 open=8 other close=4 forget other close=1 forget open=5 other",
          "limit=8,8 open=8 other close=1 forget open=1 other",
          "limit=8,1 open=8 other close=7 forget other close=1 forget open=8 other",
          "limit=1,0 open=1 other close=1 forget open=1 other",
          // Inactive ones count.
          "limit=4,0 open=4 close=4 other forget open=4 other",
          "limit=8,0 open=8 other limit=9,0 open=1 other limit=12,0 open=3 other",
          // Less than the load: from the next connection on. More than it was, but still less.
          "limit=8,0 open=6 limit=4,0 open=1 other limit=5,0 open=1 other limit=5,0 other",
          // A lower threshold alone ends nothing before a connection ends.
          "limit=8,2 open=8 limit=8,8 other close=1 forget open=1 other",
          "limit=8,4 open=8 other refused=0,4 other limit=0,0 open=3 limit=11,0 open=1 other",
          "limit=8,0 open=8 other remove other add other close=3 forget open=3 other",
          "refused=8,9 refused=0,1 open=1");

  private static final class Script {
    final Deque<String> words;
    final String virtual;
    final LabServers servers;
    final Server limited;
    final Server other;
    final Deque<LabClient> open = new ArrayDeque<>();

    /** Not to be closed by the garbage collector. */
    final List<LabClient> atOther = new ArrayList<>();

    final Deque<Assignment> assigned = new ArrayDeque<>();
    final List<Assignment> closed = new ArrayList<>();

    Script(LabDirector director, int index, String script) throws IOException {
      words = new ArrayDeque<>(List.of(script.split(" ", -1)));
      virtual = "10.5.2." + (index + 1);
      String service = "-t " + virtual + ":80";
      director.run("ipvsadm -A " + service + " -s fo");
      servers =
          new LabServers(
              director,
              service,
              String.format("0A0502%02X:0050", index + 1),
              LabServer.PORT,
              Schedulers.named("fo").orElseThrow(),
              () -> {
                throw new IllegalStateException("no random servers");
              },
              new SplittableRandom(0));
      limited = servers.known("10.3.1.1");
      limited.weight = 2;
      other = servers.known("10.3.1.2");
      other.weight = 1;
      servers.add(limited);
      servers.add(other);
    }
  }

  private final List<Script> scripts = new ArrayList<>();
  private final Flow flow = new Flow();
  private int clientPort = 1024;
  private int flows;
  private int agreed;

  ThresholdLab(LabDirector director, Predicate<String> chosen) throws IOException {
    if (chosen.test(NAME)) {
      for (String script : SCRIPTS) {
        scripts.add(new Script(director, scripts.size(), script));
      }
    }
  }

  List<String> results() {
    if (scripts.isEmpty()) {
      return List.of();
    }
    StringBuilder result = new StringBuilder();
    result.append(NAME + ": " + agreed + " of " + flows + " (" + scripts.size() + " scripts)");
    scripts.forEach(script -> result.append(script.servers.failure()));
    return List.of(result.toString());
  }

  boolean failed() {
    return scripts.stream().anyMatch(script -> script.servers.failed());
  }

  void run() throws IOException, InterruptedException {
    while (!failed() && scripts.stream().anyMatch(script -> !script.words.isEmpty())) {
      for (Script script : scripts) {
        play(script);
      }
      Thread.sleep(FORGOTTEN_MILLIS);
      for (Script script : scripts) {
        script.closed.forEach(assignment -> assignment.release(Outcome.SUCCESS));
        script.closed.clear();
        script.servers.compareLoads();
      }
    }
  }

  /** Until it has to wait. */
  private void play(Script script) throws IOException, InterruptedException {
    while (!script.words.isEmpty() && !script.servers.failed()) {
      String word = script.words.remove();
      script.servers.note(word);
      String[] verb = word.split("=", 2);
      switch (verb[0]) {
        case "limit" -> {
          limits(script, verb[1]);
          script.servers.edit(script.limited);
        }
        case "refused" -> refuse(script, verb[1]);
        case "open" -> {
          for (int i = Integer.parseInt(verb[1]); i > 0; i--) {
            connect(script, script.limited);
          }
        }
        case "other" -> connect(script, script.other);
        case "close" -> {
          for (int i = Integer.parseInt(verb[1]); i > 0; i--) {
            script.open.remove().close();
            Assignment ended = script.assigned.remove();
            ended.closing();
            script.closed.add(ended);
          }
          script.servers.compareLoads();
        }
        case "remove" -> script.servers.remove(script.limited);
        case "add" -> script.servers.add(script.limited);
        case "forget" -> {
          return;
        }
        default -> throw new IllegalArgumentException(word);
      }
    }
  }

  private static void limits(Script script, String limits) {
    String[] numbers = limits.split(",", 2);
    script.limited.upper = Integer.parseInt(numbers[0]);
    script.limited.lower = Integer.parseInt(numbers[1]);
  }

  private static void refuse(Script script, String limits) {
    int upper = script.limited.upper;
    int lower = script.limited.lower;
    limits(script, limits);
    assertThrows(IOException.class, () -> script.servers.edit(script.limited));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            RealServer.of(new Endpoint("10.3.1.1", 80))
                .withThresholds(script.limited.upper, script.limited.lower));
    script.limited.upper = upper;
    script.limited.lower = lower;
  }

  private void connect(Script script, Server expected) throws IOException, InterruptedException {
    InetAddress address = InetAddress.getByName("10.4.200.1");
    LabClient client = null;
    while (client == null) {
      client = LabClient.at(address, ++clientPort, false);
    }
    InetSocketAddress from = new InetSocketAddress(address, clientPort);
    InetSocketAddress to = new InetSocketAddress(script.virtual, LabServer.PORT);
    long now = System.nanoTime();
    Destination ours = script.servers.selector().select(flow.client(from).destination(to), now);
    String chosen = ours == null ? "nobody" : ours.endpoint().host();
    flows++;
    String kernel = client.ask(to, false);
    if (ours == null || !expected.address.equals(kernel) || !expected.address.equals(chosen)) {
      script.servers.fail(
          "expected " + expected.address + ", kernel " + kernel + ", ours " + chosen);
      return;
    }
    agreed++;
    Assignment assignment = new Assignment();
    assignment.assign(ours, now);
    assignment.established();
    if (expected == script.limited) {
      script.open.add(client);
      script.assigned.add(assignment);
    } else {
      script.atOther.add(client);
    }
    script.servers.compareLoads();
  }
}

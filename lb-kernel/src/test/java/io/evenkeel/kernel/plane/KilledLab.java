package io.evenkeel.kernel.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A director that is killed under load, and another that takes over; run by {@code IpvsLabIT}. */
public class KilledLab {
  private static final IpvsKey WEB = Tables.tcp(PlaneNetwork.ADDRESS, 80);
  private static final IpvsKey DROPPED = Tables.tcp(PlaneNetwork.ADDRESS, 81);

  @TempDir Path directory;
  private final List<Process> directors = new ArrayList<>();
  private Ipvs ipvs;
  private PlaneNetwork network;

  @BeforeEach
  void open() throws Exception {
    ipvs = Ipvs.open();
    network = new PlaneNetwork();
  }

  @AfterEach
  void close() throws Exception {
    directors.forEach(Process::destroyForcibly);
    ipvs.apply(new IpvsChange.Flush());
    ipvs.close();
    network.close();
  }

  private Process director(String... services) throws IOException {
    Process process = DirectorMain.start(directory.resolve("state"), services);
    directors.add(process);
    return process;
  }

  private static void kill(Process director) throws Exception {
    // SIGKILL.
    director.destroyForcibly();
    assertEquals(137, director.waitFor());
  }

  private List<Integer> weights(IpvsKey key) throws IOException {
    return ipvs.destinations(key).stream().map(status -> status.destination().weight()).toList();
  }

  private void awaitGone(IpvsKey key) throws Exception {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (ipvs.service(key).isPresent()) {
      assertTrue(System.nanoTime() < deadline, key + " goes");
      Thread.sleep(50);
    }
  }

  private static void assertAllEcho(List<PlaneNetwork.Client> clients, String when) {
    assertEquals(
        clients.size(), clients.stream().filter(PlaneNetwork.Client::echoes).count(), when);
  }

  @Test
  void killedUnderLoad_anotherTakesOver_noConnectionIsLost() throws Exception {
    for (int i = 1; i <= 3; i++) {
      network.server(i);
    }
    final Process first = director("80=1,2", "81=3");
    List<PlaneNetwork.Client> clients = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      clients.add(network.client(80));
    }
    PlaneNetwork.Client ofDropped = network.client(81);
    clients.add(ofDropped);
    try (PlaneNetwork.Load load = network.load(80)) {
      assertEquals(Set.of(1, 2), new TreeSet<>(load.next(20)));

      kill(first);
      assertEquals(Set.of(1, 2), new TreeSet<>(load.next(20)), "the kernel goes on");
      assertAllEcho(clients, "without a director");

      Process second = director("80=1,2,3");
      assertEquals(List.of(1, 1, 1), weights(WEB));
      assertEquals(List.of(0), weights(DROPPED), "it has a connection");
      assertAllEcho(clients, "taken over");
      assertEquals(Set.of(1, 2, 3), new TreeSet<>(load.next(20)));
      assertThrows(IOException.class, () -> network.client(81), "no new ones");

      clients.remove(ofDropped);
      ofDropped.close();
      awaitGone(DROPPED);
      assertAllEcho(clients, "the other service is gone");

      kill(second);
      Process third = director("80=1,2,3");
      load.next(10);
      assertAllEcho(clients, "taken over again");
      assertEquals(0, load.failures.get(), "nobody was refused");
      load.stop();
      System.out.println(
          "    connections "
              + load.attempts.get()
              + ", established all the while "
              + clients.size());
      for (PlaneNetwork.Client client : clients) {
        client.close();
      }
      third.getOutputStream().close();
      assertTrue(third.waitFor(20, TimeUnit.SECONDS));
    }
    assertEquals(List.of(), ipvs.services(), "who stops leaves nothing");
  }
}

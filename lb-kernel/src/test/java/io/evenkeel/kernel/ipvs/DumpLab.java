package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A long list that is read while others change it. */
public class DumpLab {
  private static final int SERVERS = 10_000;
  private static final int DUMPS = 20;

  private Ipvs ipvs;
  private Ipvs other;
  private IpvsKey key;
  private Set<IpvsDestination> servers;

  @BeforeEach
  void start() throws Exception {
    ipvs = Ipvs.open();
    other = Ipvs.open();
    key = new IpvsAddress(IpvsProtocol.TCP, InetAddress.getByName("10.1.0.1"), 80);
    servers = new HashSet<>();
    List<IpvsChange> changes = new ArrayList<>();
    changes.add(new IpvsChange.AddService(IpvsService.of(key, "rr")));
    for (int i = 0; i < SERVERS; i++) {
      IpvsDestination server = server(2, i);
      servers.add(server);
      changes.add(new IpvsChange.AddDestination(key, server));
    }
    ipvs.apply(changes);
  }

  @AfterEach
  void stop() throws Exception {
    ipvs.apply(new IpvsChange.Flush());
    other.close();
    ipvs.close();
  }

  /** Nothing comes or goes: each list is whole, and has each server once. */
  @Test
  void destinations_editedMeanwhile_areAllThere() throws Exception {
    List<IpvsDestination> edited = new ArrayList<>(servers);
    meanwhile(
        round -> {
          List<IpvsChange> changes = new ArrayList<>();
          for (int i = 0; i < 50; i++) {
            IpvsDestination one = edited.get((round * 50 + i) % SERVERS);
            changes.add(new IpvsChange.EditDestination(key, one.withWeight(round % 100)));
          }
          other.apply(changes);
        },
        () -> {
          Set<InetAddress> found = new HashSet<>();
          ipvs.destinations(key).forEach(one -> found.add(one.destination().address()));
          assertEquals(SERVERS, found.size());
        });
  }

  /** The kernel does not say so; a server that comes twice does. */
  @Test
  void destinations_addedMeanwhile_areReadAgainAndNoneComesTwice() throws Exception {
    int[] interrupted = {0};
    int[] read = {0};
    meanwhile(
        round -> {
          other.apply(new IpvsChange.AddDestination(key, server(3, round)));
          // Others have their turns, too.
          Thread.sleep(round % 20 == 0 ? 200 : 0);
        },
        () -> {
          try {
            List<DestinationStatus> list = ipvs.destinations(key);
            Set<InetAddress> found = new HashSet<>();
            list.forEach(one -> found.add(one.destination().address()));
            assertEquals(list.size(), found.size());
            assertTrue(found.size() >= SERVERS, "found " + found.size());
            read[0]++;
          } catch (KernelException e) {
            assertEquals(Errno.EINTR, e.errno());
            interrupted[0]++;
          }
        });
    System.out.println("  read " + read[0] + ", interrupted to the end " + interrupted[0]);
  }

  /** As two threads of one program do: their calls take turns. */
  @Test
  void destinations_changedThroughTheSameObject_areAllThere() throws Exception {
    meanwhile(
        round -> {
          IpvsChange add = new IpvsChange.AddDestination(key, server(3, round));
          IpvsChange delete = new IpvsChange.DeleteDestination(key, server(3, round));
          ipvs.apply(List.of(add, delete));
        },
        () -> {
          Set<IpvsDestination> found = new HashSet<>();
          ipvs.destinations(key).forEach(one -> found.add(one.destination()));
          assertEquals(servers, found);
        });
  }

  private interface Change {
    void make(int round) throws Exception;
  }

  private interface Look {
    void look() throws Exception;
  }

  private static void meanwhile(Change change, Look look) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    AtomicBoolean isOver = new AtomicBoolean();
    try {
      Future<Integer> changes =
          thread.submit(
              () -> {
                int round = 0;
                while (!isOver.get()) {
                  change.make(round++);
                }
                return round;
              });
      for (int i = 0; i < DUMPS; i++) {
        look.look();
      }
      isOver.set(true);
      int made = changes.get(60, TimeUnit.SECONDS);
      assertTrue(made > 10, made + " changes");
    } finally {
      isOver.set(true);
      thread.shutdown();
      assertTrue(thread.awaitTermination(60, TimeUnit.SECONDS), "the other thread ends");
    }
  }

  private static IpvsDestination server(int network, int number) {
    byte[] address = {10, (byte) network, (byte) (number >> 8), (byte) number};
    return IpvsDestination.of(AddressFamily.inet(address), 80, ForwardingMethod.MASQUERADE, 1);
  }
}

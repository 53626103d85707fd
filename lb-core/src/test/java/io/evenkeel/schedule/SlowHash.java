package io.evenkeel.schedule;

import io.evenkeel.pool.Flow;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ring, rendezvous and Maglev written down a second time, slowly, to compare with. */
abstract class SlowHash extends KernelService {

  final long client() {
    return Mix.client(new Flow().client(client));
  }

  static long hash(Server server) {
    return Mix.text(server.name + ":1");
  }

  /** The first eligible one from where the hash points to. */
  final @Nullable Server anybody() {
    int size = servers.size();
    int start = share(client(), size);
    for (int i = 0; i < size; i++) {
      if (KernelSourceHash.takes(servers.get((start + i) % size))) {
        return servers.get((start + i) % size);
      }
    }
    return null;
  }

  /** Upper 32 bits of a hash, as a part of a number. */
  static int share(long hash, int of) {
    return BigInteger.valueOf(hash >>> 32)
        .multiply(BigInteger.valueOf(of))
        .shiftRight(32)
        .intValue();
  }

  static KernelService rendezvous() {
    return new SlowHash() {
      @Override
      @Nullable Server choose() {
        Server best = null;
        double highest = 0;
        for (Server s : servers) {
          double drawn = ((Mix.of(client() ^ hash(s)) >>> 12) + 0.5) / Math.pow(2, 52);
          double score = s.weight / -StrictMath.log(drawn);
          if (KernelSourceHash.takes(s) && (best == null || score > highest)) {
            best = s;
            highest = score;
          }
        }
        return best;
      }
    };
  }

  static KernelService maglev(int size) {
    return new SlowHash() {
      private final Map<Integer, Server> table = new HashMap<>();

      @Override
      void changed() {
        table.clear();
        int heaviest = servers.stream().mapToInt(s -> s.weight).max().orElse(0);
        Map<Server, Integer> turns = new HashMap<>();
        Map<Server, Integer> at = new HashMap<>();
        servers.forEach(s -> at.put(s, share(Mix.of(hash(s), 1), size)));
        for (long round = 0; heaviest > 0 && table.size() < size; round++) {
          for (Server s : servers) {
            // Turn number t, from 0, is in round t * heaviest / weight.
            while (s.weight > 0
                && (long) turns.getOrDefault(s, 0) * heaviest / s.weight <= round
                && table.size() < size) {
              while (table.containsKey(at.get(s))) {
                at.merge(s, share(Mix.of(hash(s), 2), size - 1) + 1, (a, b) -> (a + b) % size);
              }
              table.put(at.get(s), s);
              turns.merge(s, 1, Integer::sum);
            }
          }
        }
      }

      @Override
      @Nullable Server choose() {
        for (int attempt = 0; attempt <= 64 && !table.isEmpty(); attempt++) {
          long hash = attempt == 0 ? client() : Mix.of(client(), attempt);
          Server server = table.get(share(hash, size));
          if (server != null && KernelSourceHash.takes(server)) {
            return server;
          }
        }
        return anybody();
      }
    };
  }

  static KernelService ring(int balance) {
    return new SlowHash() {

      private record Point(long hash, Server server) {}

      private final List<Point> points = new ArrayList<>();

      @Override
      void changed() {
        points.clear();
        int heaviest = servers.stream().mapToInt(s -> s.weight).max().orElse(0);
        for (int i = 0; i < servers.size(); i++) {
          Server s = servers.get(i);
          for (int point = 0; point * (long) heaviest < 128L * s.weight; point++) {
            // The lowest 24 bits are where it stands in the list.
            points.add(new Point(((Mix.of(hash(s), point) >>> 1) >> 24 << 24) + i, s));
          }
        }
        points.sort((a, b) -> Long.compare(a.hash, b.hash));
      }

      private boolean hasRoom(Server server) {
        long loads = 0;
        long weights = 0;
        for (Server s : servers) {
          loads += KernelSourceHash.takes(s) ? s.open : 0;
          weights += KernelSourceHash.takes(s) ? s.weight : 0;
        }
        double fair = (loads + 1.0) * server.weight / weights;
        return balance == 0 || server.open < Math.ceil(fair * balance / 100 - 1e-9);
      }

      @Override
      @Nullable Server choose() {
        List<Point> inOrder = new ArrayList<>();
        points.stream().filter(p -> p.hash >= client() >>> 1).forEach(inOrder::add);
        points.stream().filter(p -> p.hash < client() >>> 1).forEach(inOrder::add);
        int tries = Math.min(inOrder.size(), balance == 0 ? 64 : 256);
        for (Point point : inOrder.subList(0, tries)) {
          if (KernelSourceHash.takes(point.server) && hasRoom(point.server)) {
            return point.server;
          }
        }
        int start = servers.isEmpty() ? 0 : share(client(), servers.size());
        for (int i = 0; i < servers.size(); i++) {
          Server server = servers.get((start + i) % servers.size());
          if (KernelSourceHash.takes(server) && hasRoom(server)) {
            return server;
          }
        }
        return null;
      }
    };
  }
}

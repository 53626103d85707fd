package io.evenkeel.schedule;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the kernel keeps a service and chooses from it (net/netfilter/ipvs), written down a second
 * time, slowly and literally, to compare with.
 */
abstract class KernelService {

  /** A server as the kernel sees it. */
  static final class Server {
    final String name;
    int weight;
    int lastWeight;
    boolean overloaded;
    long overhead;
    int active;
    long open;
    final InetSocketAddress address;

    Server(String name, int weight, InetSocketAddress address) {
      this.name = name;
      this.weight = weight;
      this.lastWeight = weight;
      this.address = address;
    }
  }

  /** Who asks for what. */
  InetSocketAddress client = new InetSocketAddress(0);

  InetSocketAddress asked = new InetSocketAddress(0);

  /** Head first: the newest. */
  final List<Server> servers = new ArrayList<>();

  final void add(String name, int weight, InetSocketAddress address) {
    servers.add(0, new Server(name, weight, address));
    listChanged();
    changed();
  }

  final void remove(Server server) {
    int index = servers.indexOf(server);
    servers.remove(index);
    removed(server, index);
    listChanged();
    changed();
  }

  final void weight(Server server, int weight) {
    server.weight = weight;
    server.lastWeight = weight != 0 ? weight : server.lastWeight;
    changed();
  }

  final String pick() {
    Server chosen = choose();
    return chosen == null ? Farm.NOBODY : chosen.name;
  }

  abstract @Nullable Server choose();

  /** After any change of the list or of a weight. */
  void changed() {}

  /** After any change of the list. */
  void listChanged() {}

  /** When one was taken out of the list, where it stood at an index. */
  void removed(Server server, int index) {}

  /** What comes after a server; after null, the head of the list; null: the list ends. */
  final @Nullable Server after(@Nullable Server server) {
    int next = server == null ? 0 : servers.indexOf(server) + 1;
    return next < servers.size() ? servers.get(next) : null;
  }

  static KernelService roundRobin() {
    return new KernelService() {
      private @Nullable Server last;

      @Override
      void removed(Server server, int index) {
        if (server == last) {
          last = index == 0 ? null : servers.get(index - 1);
        }
      }

      @Override
      @Nullable Server choose() {
        // Twice through the list is enough: from the last one to the end, and all of it.
        for (int pass = 0; pass < 2; pass++) {
          for (Server s = after(pass == 0 ? last : null); s != null; s = after(s)) {
            if (s.weight > 0 && !s.overloaded) {
              last = s;
              return s;
            }
          }
        }
        return null;
      }
    };
  }

  static KernelService leastConnection() {
    return new KernelService() {
      @Override
      @Nullable Server choose() {
        Server least = null;
        for (Server s : servers) {
          if (s.weight > 0 && !s.overloaded && (least == null || s.overhead < least.overhead)) {
            least = s;
          }
        }
        return least;
      }
    };
  }

  static KernelService weightedLeastConnection() {
    return new KernelService() {
      @Override
      @Nullable Server choose() {
        Server least = null;
        for (Server s : servers) {
          boolean eligible = s.weight > 0 && !s.overloaded;
          // overhead / weight, as fractions: a / b < c / d when a * d < c * b.
          if (eligible
              && (least == null || s.overhead * least.weight < least.overhead * s.weight)) {
            least = s;
          }
        }
        return least;
      }
    };
  }

  static KernelService shortestExpectedDelay() {
    return new KernelService() {
      @Override
      @Nullable Server choose() {
        return shortestDelay();
      }
    };
  }

  static KernelService neverQueue() {
    return new KernelService() {
      @Override
      @Nullable Server choose() {
        for (Server s : servers) {
          if (s.weight > 0 && !s.overloaded && s.active == 0) {
            return s;
          }
        }
        return shortestDelay();
      }
    };
  }

  /** Of (active + 1) / weight, as fractions. */
  final @Nullable Server shortestDelay() {
    Server least = null;
    for (Server s : servers) {
      boolean eligible = s.weight > 0 && !s.overloaded;
      if (eligible
          && (least == null || (s.active + 1L) * least.weight < (least.active + 1L) * s.weight)) {
        least = s;
      }
    }
    return least;
  }

  static KernelService failOver() {
    return new KernelService() {
      @Override
      @Nullable Server choose() {
        Server heaviest = null;
        int highest = 0;
        for (Server s : servers) {
          if (!s.overloaded && s.weight > highest) {
            heaviest = s;
            highest = s.weight;
          }
        }
        return heaviest;
      }
    };
  }

  static KernelService overflow() {
    return new KernelService() {
      @Override
      @Nullable Server choose() {
        Server heaviest = null;
        for (Server s : servers) {
          boolean hasRoom = s.weight != 0 && !s.overloaded && s.active <= s.weight;
          if (hasRoom && (heaviest == null || s.weight > heaviest.weight)) {
            heaviest = s;
          }
        }
        return heaviest;
      }
    };
  }

  static KernelService weightedRoundRobin() {
    return new KernelWeightedRoundRobin();
  }
}

package io.evenkeel.schedule;

import java.util.ArrayList;
import java.util.List;

/** Whom very many clients are given to, for tests. */
final class Clients {
  static final int COUNT = 20_000;

  private Clients() {}

  /** The server of each client. */
  static List<String> servers(Farm farm) {
    List<String> servers = new ArrayList<>(COUNT);
    for (int i = 0; i < COUNT; i++) {
      servers.add(farm.flow(Farm.flow(i)).pick());
    }
    return servers;
  }

  /** How many of them a server has. */
  static int share(List<String> servers, String name) {
    return (int) servers.stream().filter(name::equals).count();
  }

  /** How many have another one than before, apart from those of one server. */
  static int movedBesides(List<String> before, List<String> after, String name) {
    int moved = 0;
    for (int i = 0; i < COUNT; i++) {
      String was = before.get(i);
      String is = after.get(i);
      moved += was.equals(is) || was.equals(name) || is.equals(name) ? 0 : 1;
    }
    return moved;
  }
}

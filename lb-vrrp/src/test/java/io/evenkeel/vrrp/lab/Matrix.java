package io.evenkeel.vrrp.lab;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which cases stand for the whole matrix. */
final class Matrix {
  private Matrix() {}

  /**
   * So few that each value of each dimension meets each value of each other, as far as they go
   * together. Always the same.
   */
  static List<Case> pairwise() {
    List<Case> left = new ArrayList<>(Case.all());
    Set<List<Object>> open = pairs(left);
    List<Case> chosen = new ArrayList<>();
    while (!open.isEmpty()) {
      Case best = left.get(0);
      long most = -1;
      for (Case one : left) {
        long covered = pairs(List.of(one)).stream().filter(open::contains).count();
        if (covered > most) {
          best = one;
          most = covered;
        }
      }
      chosen.add(best);
      left.remove(best);
      open.removeAll(pairs(List.of(best)));
    }
    return chosen;
  }

  /** Every two values that meet in one of them. */
  static Set<List<Object>> pairs(List<Case> cases) {
    Set<List<Object>> pairs = new HashSet<>();
    for (Case one : cases) {
      List<Object> values =
          List.of(one.protocol(), "unicast " + one.unicast(), one.ours(), one.scenario());
      for (int i = 0; i < values.size(); i++) {
        for (int j = 0; j < i; j++) {
          pairs.add(List.of(values.get(j), values.get(i)));
        }
      }
    }
    return pairs;
  }
}

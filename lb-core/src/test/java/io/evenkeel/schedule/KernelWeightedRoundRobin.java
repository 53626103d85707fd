package io.evenkeel.schedule;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** The walk of ip_vs_wrr.c, with the four numbers that the kernel calls cl, cw, mw and di. */
final class KernelWeightedRoundRobin extends KernelService {
  /** cl: where the walk stands; null at the head of the list. */
  private @Nullable Server current;

  /** cw: who weighs less is passed over. */
  private int wanted;

  /** mw: where the threshold begins. */
  private int highest;

  /** di: by how much it falls. */
  private int step = 1;

  @Override
  void changed() {
    current = null;
    BigInteger divisor = BigInteger.ZERO;
    int heaviest = 0;
    for (Server server : servers) {
      divisor = divisor.gcd(BigInteger.valueOf(server.weight));
      heaviest = Math.max(heaviest, server.weight);
    }
    step = Math.max(divisor.intValueExact(), 1);
    highest = heaviest - (step - 1);
    if (wanted > highest || wanted == 0) {
      wanted = highest;
    } else if (step > 1) {
      wanted = wanted / step * step + 1;
    }
  }

  @Override
  @Nullable Server choose() {
    if (highest == 0) {
      return null;
    }
    Server start = current;
    Server end = null;
    boolean wholeListAtTheEnd = false;
    boolean wrapped = false;
    while (true) {
      for (Server s = after(current); s != null; s = after(s)) {
        current = s;
        if (!s.overloaded && s.weight >= wanted) {
          return s;
        }
        if (s == end) {
          return null;
        }
      }
      current = null;
      wanted -= step;
      if (wanted <= 0) {
        wanted = highest;
        if (wholeListAtTheEnd || start == null) {
          return null;
        }
        wrapped = true;
      }
      wholeListAtTheEnd = wanted <= step;
      if (wholeListAtTheEnd && wrapped) {
        end = start;
      }
    }
  }
}

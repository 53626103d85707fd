package io.evenkeel.pool;

import io.evenkeel.model.RealServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a scheduler chooses from: destinations in list order and their weights, as they were at one
 * moment. Immutable; the cells in it live on.
 *
 * <p>The order is IPVS's: a destination that is added goes to the head of the list
 * (net/netfilter/ipvs/ip_vs_ctl.c), so the newest stands first. It decides the sequence of rr and
 * wrr and every tie.
 */
public final class Destinations {
  private static final Destinations EMPTY = new Destinations(new Destination[0], new int[0], false);

  private final Destination[] cells;
  private final int[] weights;
  private final boolean warmOnly;

  private Destinations(Destination[] cells, int[] weights, boolean warmOnly) {
    this.cells = cells;
    this.weights = weights;
    this.warmOnly = warmOnly;
  }

  /**
   * No destination at all.
   *
   * @return the empty list
   */
  public static Destinations empty() {
    return EMPTY;
  }

  /**
   * The list after a change: who stays keeps its place, who is gone leaves it, who is new goes to
   * the head, one after the other, and weights are those given.
   *
   * @param wanted every destination that shall be in it and its weight, 0..65535, in the order in
   *     which new ones are added
   * @return the new list; this one if nothing changes
   * @throws IllegalArgumentException if a weight is out of range
   */
  public Destinations with(Map<Destination, Integer> wanted) {
    Map<Destination, Integer> added = new LinkedHashMap<>(wanted);
    List<Destination> order = new ArrayList<>(wanted.size());
    for (Destination cell : cells) {
      if (added.remove(cell) != null) {
        order.add(cell);
      }
    }
    // Each one in front of the one before it.
    List<Destination> newest = new ArrayList<>(added.keySet());
    Collections.reverse(newest);
    order.addAll(0, newest);

    int[] orderedWeights = new int[order.size()];
    for (int i = 0; i < orderedWeights.length; i++) {
      Integer weight = wanted.get(order.get(i));
      if (weight == null || weight < 0 || weight > RealServer.MAX_WEIGHT) {
        throw new IllegalArgumentException(
            "weight: " + weight + " (expected: 0.." + RealServer.MAX_WEIGHT + ")");
      }
      orderedWeights[i] = weight;
    }
    Destination[] orderedCells = order.toArray(new Destination[0]);
    return Arrays.equals(orderedCells, cells) && Arrays.equals(orderedWeights, weights)
        ? this
        : new Destinations(orderedCells, orderedWeights, warmOnly);
  }

  /**
   * The same list, in which nobody is eligible who is warming up.
   *
   * @return the same cells and weights
   */
  public Destinations warm() {
    return new Destinations(cells, weights, true);
  }

  /**
   * Tells a listener of each change at any of them from now on, and of what has changed before it
   * was told. One thread at a time says who watches.
   *
   * @param listener who is told where the destination stands in this list
   */
  public void watch(LoadListener listener) {
    for (int i = 0; i < cells.length; i++) {
      cells[i].watch(listener, i);
    }
    for (int i = 0; i < cells.length; i++) {
      listener.loadChanged(i);
    }
  }

  /**
   * Tells a listener nothing any more.
   *
   * @param listener who was told
   */
  public void unwatch(LoadListener listener) {
    for (Destination cell : cells) {
      cell.unwatch(listener);
    }
  }

  /**
   * How many there are, with weight 0, suspended or ejected included.
   *
   * @return 0 or more
   */
  public int size() {
    return cells.length;
  }

  /**
   * One of them.
   *
   * @param index 0..size-1; 0 is the newest
   * @return the cell
   */
  public Destination get(int index) {
    return cells[index];
  }

  /**
   * The weight of one of them.
   *
   * @param index 0..size-1
   * @return 0..65535
   */
  public int weight(int index) {
    return weights[index];
  }

  /**
   * Whether one of them may get new connections.
   *
   * @param index 0..size-1
   * @return true if its weight is not 0 and it is available
   */
  public boolean isEligible(int index) {
    return weights[index] > 0 && cells[index].isAvailable() && isWarmEnough(index);
  }

  /**
   * Why one of them may not get new connections. The first of several reasons.
   *
   * @param index 0..size-1
   * @return null if it {@linkplain #isEligible may}
   */
  public @Nullable Exclusion exclusion(int index) {
    if (weights[index] == 0 || cells[index].isInhibited()) {
      return Exclusion.QUIESCED;
    }
    if (cells[index].isSuspended()) {
      return Exclusion.SUSPENDED;
    }
    if (cells[index].isEjected()) {
      return Exclusion.EJECTED;
    }
    if (cells[index].isOverloaded()) {
      return Exclusion.OVERLOADED;
    }
    return isWarmEnough(index) ? null : Exclusion.WARMING_UP;
  }

  /**
   * Whether one of them may go on with clients that it has, whatever its upper threshold says.
   *
   * @param index 0..size-1
   * @return true if its weight is not 0 and it is neither suspended nor ejected
   */
  public boolean isServing(int index) {
    return weights[index] > 0 && cells[index].isServing() && isWarmEnough(index);
  }

  private boolean isWarmEnough(int index) {
    return !warmOnly || cells[index].warmUp() == null;
  }

  /**
   * Where a cell stands.
   *
   * @param cell which
   * @return 0..size-1, or -1 if it is not in the list
   */
  public int indexOf(Destination cell) {
    for (int i = 0; i < cells.length; i++) {
      if (cells[i] == cell) {
        return i;
      }
    }
    return -1;
  }
}

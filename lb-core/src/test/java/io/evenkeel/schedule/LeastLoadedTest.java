package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import io.evenkeel.pool.TwoThreads;
import io.evenkeel.schedule.LeastLoaded.Cost;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The tournament against a look at everybody, as the kernel does it. */
class LeastLoadedTest {
  private static final int[] SIZES = {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 100};

  @ParameterizedTest
  @EnumSource(Cost.class)
  void select_anythingHappens_isAlwaysTheLeastOfAll(Cost cost) {
    for (int size : SIZES) {
      long seed = 31L * size + cost.ordinal();
      Crowd crowd = new Crowd(cost, size, new SplittableRandom(seed));
      for (int step = 0; step < 2000; step++) {
        crowd.step();
        assertSame(
            crowd.leastOfAll(),
            crowd.selector.select(new Flow(), 0),
            "seed " + seed + ", servers " + size + ", step " + step);
      }
    }
  }

  /** While both change loads the winner may lag behind; once they are done it may not. */
  @ParameterizedTest
  @EnumSource(Cost.class)
  void select_afterTwoThreadsChangedLoads_isTheLeastOfAll(Cost cost) throws Exception {
    for (int size : new int[] {2, 5, 64}) {
      Crowd crowd = new Crowd(cost, size, new SplittableRandom(size));
      for (int round = 0; round < 200; round++) {
        long seed = 1000L * size + round;
        TwoThreads.run(
            () -> crowd.connectAndRelease(new SplittableRandom(seed)),
            () -> crowd.connectAndRelease(new SplittableRandom(-seed)));
        assertSame(
            crowd.leastOfAll(),
            crowd.selector.select(new Flow(), 0),
            "servers " + size + ", round " + round);
      }
    }
  }

  /**
   * The most that a choice may be off the least: with two threads, each can have one change under
   * way that the other does not see yet. Equal servers, a connection for each choice and none
   * ended: the fullest never has more than two above the emptiest.
   */
  @ParameterizedTest
  @EnumSource(
      value = Cost.class,
      mode = Mode.EXCLUDE,
      names = {"ONE", "ONE_WITH_ROOM"})
  void select_twoThreads_lagsByAtMostTheChangesUnderWay(Cost cost) throws Exception {
    Crowd crowd = new Crowd(cost, 8, null);
    TwoThreads.inStep(20_000, round -> crowd.connect(), round -> crowd.connect());
    long least = Long.MAX_VALUE;
    long most = 0;
    for (Destination cell : crowd.cells) {
      least = Math.min(least, cell.open());
      most = Math.max(most, cell.open());
    }
    assertTrue(least <= 5000 && most >= 5000);
    assertTrue(most - least <= 2, "fullest " + most + ", emptiest " + least);
  }

  /** Between the beginning of the next one and the end of the old one both are exact. */
  @Test
  void select_nextOneHasBegun_oldOneStillFollowsUntilItsEnd() {
    Farm farm = new Farm(Schedulers.weightedLeastConnection()).add("a", 1).add("b", 1);
    Scheduler scheduler = Schedulers.weightedLeastConnection();
    Selector old = scheduler.selector(farm.list(), null);
    old.begin();
    Selector next = scheduler.selector(farm.list(), old);
    next.begin();

    farm.load("b", 1, 0);
    assertEquals(farm.cell("a"), old.select(new Flow(), 0));
    assertEquals(farm.cell("a"), next.select(new Flow(), 0));

    old.end();
    farm.load("a", 2, 0);
    assertEquals(farm.cell("a"), old.select(new Flow(), 0));
    assertEquals(farm.cell("b"), next.select(new Flow(), 0));
  }

  /** Servers, their connections, and a selector over them. */
  private static final class Crowd {
    final Destination[] cells;
    final Selector selector;
    private final Cost cost;
    private final Destinations list;
    private final @Nullable SplittableRandom random;
    private final List<Assignment> open = new ArrayList<>();

    /** Without randomness all weights are 1. */
    Crowd(Cost cost, int size, @Nullable SplittableRandom random) {
      this.cost = cost;
      this.random = random;
      cells = new Destination[size];
      Map<Destination, Integer> weights = new LinkedHashMap<>();
      for (int i = 0; i < size; i++) {
        cells[i] =
            new Destination(
                ServiceKey.tcp("v:80"),
                Endpoint.parse("s" + i + ":1"),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                suspended -> {});
        weights.put(cells[i], random == null ? 1 : random.nextInt(4));
      }
      list = Destinations.empty().with(weights);
      selector = new LeastLoaded(list, cost);
      selector.begin();
    }

    void step() {
      SplittableRandom draw = Objects.requireNonNull(random);
      Destination cell = cells[draw.nextInt(cells.length)];
      switch (draw.nextInt(8)) {
        case 0 -> cell.suspend(draw.nextBoolean());
        case 1 -> cell.thresholds(draw.nextInt(6), 0);
        case 2, 3, 4 -> {
          Assignment assignment = new Assignment();
          assignment.assign(cell, 0);
          open.add(assignment);
        }
        case 5 -> anyOpen(draw).established();
        case 6 -> anyOpen(draw).closing();
        default -> {
          Assignment assignment = anyOpen(draw);
          open.remove(assignment);
          assignment.release(Outcome.SUCCESS);
        }
      }
    }

    private Assignment anyOpen(SplittableRandom draw) {
      return open.isEmpty() ? new Assignment() : open.get(draw.nextInt(open.size()));
    }

    Object connectAndRelease(SplittableRandom draw) {
      List<Assignment> mine = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        if (mine.isEmpty() || draw.nextInt(3) > 0) {
          Assignment assignment = new Assignment();
          assignment.assign(cells[draw.nextInt(cells.length)], 0);
          assignment.established();
          mine.add(assignment);
        } else {
          mine.remove(draw.nextInt(mine.size())).release(Outcome.SUCCESS);
        }
      }
      mine.subList(0, mine.size() / 2).forEach(assignment -> assignment.release(Outcome.SUCCESS));
      return mine;
    }

    void connect() {
      Assignment assignment = new Assignment();
      assignment.assign(Objects.requireNonNull(selector.select(new Flow(), 0)), 0);
      assignment.established();
    }

    @Nullable Destination leastOfAll() {
      int least = -1;
      for (int i = 0; i < list.size(); i++) {
        if (list.isEligible(i) && hasRoom(i) && (least < 0 || isLess(i, least))) {
          least = i;
        }
      }
      return least < 0 ? null : list.get(least);
    }

    private boolean hasRoom(int index) {
      return cost != Cost.ONE_WITH_ROOM || list.get(index).active() <= list.weight(index);
    }

    private boolean isLess(int one, int other) {
      if (cost == Cost.EXPECTED_DELAY_IF_BUSY
          && (list.get(one).active() == 0 || list.get(other).active() == 0)) {
        return list.get(other).active() > 0;
      }
      if (cost == Cost.ONE || cost == Cost.ONE_WITH_ROOM) {
        return list.weight(one) > list.weight(other);
      }
      long weightOfOne = cost == Cost.OVERHEAD_ALONE ? 1 : list.weight(one);
      long weightOfOther = cost == Cost.OVERHEAD_ALONE ? 1 : list.weight(other);
      return load(one) * weightOfOther < load(other) * weightOfOne;
    }

    private long load(int index) {
      Destination cell = list.get(index);
      return cost == Cost.OVERHEAD || cost == Cost.OVERHEAD_ALONE
          ? 256L * cell.active() + cell.inactive()
          : cell.active() + 1L;
    }
  }
}

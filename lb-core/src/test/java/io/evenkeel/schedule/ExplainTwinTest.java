package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.SlowStart;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import io.evenkeel.schedule.Reasoning.Compared;
import io.evenkeel.schedule.Reasoning.Drawn;
import io.evenkeel.schedule.Reasoning.Hashed;
import io.evenkeel.schedule.Reasoning.InWords;
import io.evenkeel.schedule.Reasoning.Located;
import io.evenkeel.schedule.Reasoning.Turn;
import io.evenkeel.schedule.Reasoning.Warming;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who explains chooses as who does not, and for the reasons that it gives. */
class ExplainTwinTest {
  private static final int CHOICES = 1000;
  private static final String[] NAMES = {"a", "b", "c", "d", "e"};

  static Stream<String> names() {
    return Stream.concat(
        Schedulers.names().stream(),
        Stream.of("sh:sh-port,sh-fallback", "mh:size=251,mh-fallback", "ring:balance=0"));
  }

  private static Scheduler scheduler(String name) {
    return switch (name) {
      case "random" -> Schedulers.weightedRandom(new Seeded(1));
      case "p2c" -> Schedulers.powerOfTwoChoices(new Seeded(1));
      case "twos" -> Schedulers.powerOfTwoKernelChoices(new Seeded(1));
      default -> Schedulers.named(name).orElseThrow();
    };
  }

  private static Scheduler slowly(String name) {
    SlowStart slowStart = SlowStart.over(Duration.ofMinutes(5));
    return Schedulers.slowStart(scheduler(name), slowStart, new Seeded(2));
  }

  @ParameterizedTest
  @MethodSource("names")
  void explain_anyScheduler_choosesAsSelectOfATwin(String name) {
    new Twins(name, scheduler(name), scheduler(name)).run();
  }

  @ParameterizedTest
  @MethodSource("names")
  void explain_slowStartOfAnyScheduler_choosesAsSelectOfATwin(String name) {
    assertTrue(new Twins(name, slowly(name), slowly(name)).run() > 0);
  }

  /** The same happens to both; one is asked and the other has to explain. */
  private static final class Twins {
    private final SplittableRandom random = new SplittableRandom(20261121);
    private final String name;
    private final Farm asked;
    private final Farm explaining;
    private long now;

    Twins(String name, Scheduler one, Scheduler other) {
      this.name = name;
      asked = new Farm(one);
      explaining = new Farm(other);
    }

    /** Returns how many choices fell on who was warming up. */
    int run() {
      for (int i = 0; i < NAMES.length; i++) {
        asked.add(NAMES[i], i);
        explaining.add(NAMES[i], i);
      }
      int warming = 0;
      int found = 0;
      for (int i = 0; i < CHOICES; i++) {
        change();
        // Few enough that lblc and lblcr meet addresses again.
        Flow flow = Farm.flow(random.nextInt(50));
        Destination expected = asked.choose(flow);
        Selection explained = explaining.explain(flow);
        Destination chosen = explained.chosen();
        String context = name + ", choice " + i + ": " + explained.reasoning();
        assertEquals(name(expected), name(chosen), context);
        if (chosen != null) {
          found++;
          assertSupports(explained.reasoning(), chosen, explaining, context);
          load(name(chosen));
        }
        warming += explained.reasoning() instanceof Warming ? 1 : 0;
      }
      assertTrue(found > CHOICES / 4, "choices of somebody: " + found);
      return warming;
    }

    private static String name(Destination server) {
      return server == null ? Farm.NOBODY : server.endpoint().host();
    }

    private void load(String name) {
      int active = random.nextInt(3) == 0 ? 0 : 1;
      asked.load(name, active, 1 - active);
      explaining.load(name, active, 1 - active);
    }

    private void change() {
      now += random.nextLong(2_000_000_000L);
      asked.at(now);
      explaining.at(now);
      String name = NAMES[random.nextInt(NAMES.length)];
      asked.endOne(name);
      explaining.endOne(name);
      long latency = random.nextLong(1_000_000);
      boolean suspended = random.nextInt(4) == 0;
      int weight = random.nextInt(6);
      int kind = random.nextInt(20);
      for (Farm farm : new Farm[] {asked, explaining}) {
        switch (kind) {
          case 0 -> farm.suspend(name, suspended);
          case 1 -> farm.weight(name, weight);
          case 2 -> farm.cell(name).warmUp(now);
          case 3 -> farm.cell(name).thresholds(1 + weight, 0);
          case 4, 5, 6 -> answer(farm.cell(name), latency);
          default -> {}
        }
      }
    }

    private void answer(Destination server, long latency) {
      Assignment assignment = new Assignment();
      assignment.assign(server, now - latency);
      assignment.answered(now);
      assignment.release(Outcome.SUCCESS);
    }
  }

  private static void assertSupports(
      Reasoning reasoning, Destination chosen, Farm farm, String context) {
    Endpoint server = chosen.endpoint();
    if (reasoning instanceof Compared compared) {
      assertEquals(server, compared.values().get(0).server(), context);
    } else if (reasoning instanceof Drawn drawn) {
      assertTrue(drawn.drawn().stream().anyMatch(d -> d.server().equals(server)), context);
      Compared compared = drawn.compared();
      assertEquals(
          server,
          compared == null ? drawn.drawn().get(0).server() : compared.values().get(0).server(),
          context);
    } else if (reasoning instanceof Turn turn) {
      // The places of swrr are turns.
      if (turn.places() == NAMES.length && !context.startsWith("swrr")) {
        assertSame(chosen, farm.list().get(turn.after()), context);
      }
    } else if (reasoning instanceof Hashed hashed) {
      assertFalse(hashed.passedOver().stream().anyMatch(p -> p.server().equals(server)), context);
    } else if (reasoning instanceof Located located) {
      assertTrue(located.after().contains(server), context);
    } else if (reasoning instanceof Warming warming) {
      assertTrue(warming.share() < 1, context);
    } else {
      assertEquals(new InWords("never"), reasoning, context);
    }
  }

  /** One's own scheduler needs nothing. */
  @Test
  void explain_ownScheduler_choosesAndGivesNoReasons() {
    Farm farm = new Farm((list, previous) -> (flow, nowNanos) -> list.get(0)).add("a", 1);

    assertEquals(new Selection(farm.cell("a"), new InWords("it gives no reasons")), farm.explain());
  }
}

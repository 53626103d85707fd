package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is promised of health checks and isolation, held against {@link HealthSimulation}. */
class HealthSimulationTest {
  /** How many in the long form: about twenty seconds each. */
  private static final int WEEKS = Integer.getInteger("evenkeel.weeks", 3);

  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(Director.class);

  @BeforeAll
  static void logNothing() {
    LOGGER.setLevel(Level.OFF);
  }

  @AfterAll
  static void logAgain() {
    LOGGER.setLevel(null);
  }

  @Test
  void servers_failAndRecover_promisesHold() {
    run(Long.getLong("evenkeel.seed", 1), Duration.ofDays(7));
  }

  @Tag("long")
  @Test
  void servers_failAndRecoverFromManySeeds_promisesHold() {
    Random seeds = new Random();
    for (int week = 0; week < WEEKS; week++) {
      run(seeds.nextLong(), Duration.ofDays(7));
    }
  }

  private static void run(long seed, Duration time) {
    System.out.println("HealthSimulationTest: -Devenkeel.seed=" + seed);
    HealthSimulation simulation = new HealthSimulation(seed);
    simulation.run(time);
    System.out.println("HealthSimulationTest: " + simulation.seen());
    assertTrue(simulation.sawEverything(), "seed " + seed + ": " + simulation.seen());
  }
}

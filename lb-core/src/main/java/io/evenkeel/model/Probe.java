package io.evenkeel.model;

/**
 * A way to find out whether a server is alive, as a value: equal probes of one endpoint are run
 * once, however many services ask for them.
 *
 * <p>The model only carries it. What runs is an {@code io.evenkeel.health.HealthCheck}, which
 * extends this; a director refuses any other implementation. Its {@code toString} should say how it
 * differs from another one, for whoever reads what a configuration changes.
 */
public interface Probe {

  /**
   * A short name for logs and meters, such as {@code tcp} or {@code http}.
   *
   * @return the name, lower case, constant
   */
  String name();
}

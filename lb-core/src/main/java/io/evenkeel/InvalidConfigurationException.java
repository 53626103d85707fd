package io.evenkeel;

import java.util.List;

/**
 * A configuration that cannot be applied; nothing was changed. It has a cause if a data plane could
 * not carry it on this machine, and none if it is not valid anywhere.
 */
public final class InvalidConfigurationException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** Serializable: made by List.copyOf. */
  private final List<String> problems;

  InvalidConfigurationException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  InvalidConfigurationException(String problem, Throwable cause) {
    super(problem, cause);
    this.problems = List.of(problem);
  }

  /**
   * Everything that is wrong with it.
   *
   * @return a sentence each, at least one
   */
  public List<String> problems() {
    return problems;
  }
}

package io.evenkeel.kernel.ipvs;

import java.util.List;

/** Rules that cannot be read. */
public final class RulesException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  RulesException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /**
   * What is wrong.
   *
   * @return a sentence for each line that cannot be read, with its number
   */
  public List<String> problems() {
    return problems;
  }
}

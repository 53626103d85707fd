package io.evenkeel.samples;

import picocli.CommandLine.TypeConversionException;

/** A value that is not valid, said in one sentence that needs nothing around it. */
final class Refused extends TypeConversionException {
  private static final long serialVersionUID = 1;

  Refused(String sentence) {
    super(sentence);
  }

  /** The sentence of what the model refused. */
  static Refused because(IllegalArgumentException e) {
    return new Refused(String.valueOf(e.getMessage()));
  }
}

package io.evenkeel.samples;

import io.evenkeel.model.RealServer;
import picocli.CommandLine.ITypeConverter;

/** Reads {@code HOST:PORT[=WEIGHT]}. */
final class ServerConverter implements ITypeConverter<RealServer> {
  @Override
  public RealServer convert(String text) {
    int equals = text.indexOf('=');
    try {
      return equals < 0
          ? RealServer.of(text)
          : RealServer.of(text.substring(0, equals)).withWeight(weight(text.substring(equals + 1)));
    } catch (IllegalArgumentException e) {
      throw e instanceof NumberFormatException
          ? new Refused(
              "weight: "
                  + text.substring(equals + 1)
                  + " (expected: 0.."
                  + RealServer.MAX_WEIGHT
                  + ")")
          : Refused.because(e);
    }
  }

  private static int weight(String text) {
    return Integer.parseInt(text);
  }
}

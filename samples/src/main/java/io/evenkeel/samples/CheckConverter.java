package io.evenkeel.samples;

import io.evenkeel.check.HttpCheck;
import io.evenkeel.check.TcpCheck;
import io.evenkeel.health.HealthCheck;
import picocli.CommandLine.ITypeConverter;

/** Reads {@code tcp} or {@code http:PATH}. */
final class CheckConverter implements ITypeConverter<HealthCheck> {
  private static final String HTTP = "http:";

  @Override
  public HealthCheck convert(String text) {
    if (text.equals("tcp")) {
      return TcpCheck.create();
    }
    if (!text.startsWith(HTTP)) {
      throw new Refused("check: " + text + " (expected: tcp or http:PATH)");
    }
    try {
      return HttpCheck.get(text.substring(HTTP.length()));
    } catch (IllegalArgumentException e) {
      throw Refused.because(e);
    }
  }
}

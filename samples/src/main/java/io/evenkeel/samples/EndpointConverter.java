package io.evenkeel.samples;

import io.evenkeel.model.Endpoint;
import picocli.CommandLine.ITypeConverter;

/** Reads {@code HOST:PORT}. */
final class EndpointConverter implements ITypeConverter<Endpoint> {
  @Override
  public Endpoint convert(String text) {
    try {
      return Endpoint.parse(text);
    } catch (IllegalArgumentException e) {
      throw Refused.because(e);
    }
  }
}

package io.evenkeel.samples;

import io.evenkeel.model.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import picocli.CommandLine.ITypeConverter;

/** Reads an address of IPv4 or IPv6. */
final class AddressConverter implements ITypeConverter<InetAddress> {
  @Override
  public InetAddress convert(String text) throws UnknownHostException {
    try {
      Endpoint endpoint = new Endpoint(text, 0);
      if (endpoint.isAddress()) {
        return InetAddress.getByName(endpoint.host());
      }
    } catch (IllegalArgumentException e) {
      // Not a name either.
    }
    throw new Refused("address: " + text + " (expected: an IPv4 or IPv6 address)");
  }
}

package io.evenkeel.vrrp;

import io.evenkeel.kernel.net.Address;
import io.evenkeel.model.Endpoint;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An address that moves between hosts. Immutable.
 *
 * @param address of IPv4 or IPv6
 * @param prefix bits of it that are the network's, 1..32 or 1..128
 * @param device that gets it; null: the router's
 * @param label of IPv4, for programs that know devices and aliases only, such as {@code eth0:1};
 *     null: none
 */
public record VirtualAddress(
    InetAddress address, int prefix, @Nullable String device, @Nullable String label) {
  private static final Pattern FORM = Pattern.compile("([^/]+)(?:/([0-9]{1,3}))?");

  /**
   * Checks the prefix.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public VirtualAddress {
    int bits = bits(address);
    if (prefix < 1 || prefix > bits) {
      throw new IllegalArgumentException("prefix: " + prefix + " (expected: 1.." + bits + ")");
    }
  }

  /**
   * Reads {@code ADDRESS} or {@code ADDRESS/PREFIX}: {@code 192.0.2.100/24}, {@code 2001:db8::1}.
   *
   * @param text what to read
   * @return on the router's device; without a prefix of itself alone (/32 or /128)
   * @throws IllegalArgumentException if it has another form
   */
  public static VirtualAddress parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "virtual address: " + text + " (expected: ADDRESS or ADDRESS/PREFIX)");
    }
    InetAddress address = address("virtual address", form.group(1));
    int prefix = form.group(2) == null ? bits(address) : Integer.parseInt(form.group(2));
    return new VirtualAddress(address, prefix, null, null);
  }

  /**
   * On another device than the router's.
   *
   * @param name the device's
   * @return the changed address
   */
  public VirtualAddress on(String name) {
    return new VirtualAddress(address, prefix, name, label);
  }

  /**
   * With a label.
   *
   * @param text such as {@code eth0:1}
   * @return the changed address
   */
  public VirtualAddress labelled(String text) {
    return new VirtualAddress(address, prefix, device, text);
  }

  boolean isV6() {
    return address instanceof Inet6Address;
  }

  /** Reads an address, and looks no name up. */
  static InetAddress address(String name, String text) {
    try {
      Endpoint endpoint = new Endpoint(text, 0);
      if (endpoint.isAddress()) {
        return InetAddress.getByName(endpoint.host());
      }
    } catch (IllegalArgumentException | UnknownHostException e) {
      // Said below.
    }
    throw new IllegalArgumentException(name + ": " + text + " (expected: an IPv4 or IPv6 address)");
  }

  private static int bits(InetAddress address) {
    return address instanceof Inet6Address ? 128 : 32;
  }

  @Override
  public String toString() {
    return Address.text(address) + "/" + prefix;
  }
}

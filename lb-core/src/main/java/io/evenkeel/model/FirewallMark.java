package io.evenkeel.model;

import java.util.regex.Pattern;

/**
 * The key of a service with several addresses, which share servers, scheduler and persistence. In
 * the kernel such addresses are joined by a number that the firewall marks packets with; here the
 * service itself says which they are ({@link VirtualService#addresses}). Immutable.
 *
 * @param name 1..64 letters, digits, dots, hyphens and underscores
 */
public record FirewallMark(String name) implements ServiceKey {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if it has other characters, or too many
   */
  public FirewallMark {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "mark: " + name + " (expected: 1..64 letters, digits, dots, hyphens and underscores)");
    }
  }

  @Override
  public String toString() {
    return "mark " + name;
  }
}

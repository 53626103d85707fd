package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import io.netty.util.NetUtil;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Asks a DNS server over UDP (RFC 1035), with recursion desired, and passes when it answers {@code
 * NOERROR}, be it with no records: keepalived's DNS_CHECK. With an expected answer, one of the
 * records has to be it. Replies to another query are ignored (RFC 5452, 9.1); one that does not fit
 * into a datagram is judged by what did. Needs {@code io.netty:netty-codec-dns}; without it there
 * is no result, which says so. Immutable.
 *
 * @param domain what is asked for, without a dot at its end; {@code .} for the root
 * @param type what is asked for of it
 * @param expected an address for {@link DnsType#A} and {@link DnsType#AAAA}, a text for {@link
 *     DnsType#TXT}; null: any answer
 */
public record DnsCheck(String domain, DnsType type, @Nullable String expected)
    implements HealthCheck {
  private static final int MAX_DOMAIN = 253;
  private static final int MAX_LABEL = 63;

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if {@code domain} is not a name of ASCII labels of 1..63
   *     characters, 253 in all, or {@code expected} does not fit the type
   */
  public DnsCheck {
    domain =
        domain.length() > 1 && domain.endsWith(".") && !domain.endsWith("..")
            ? domain.substring(0, domain.length() - 1)
            : domain;
    if (!isName(domain)) {
      throw new IllegalArgumentException(
          "domain: "
              + Wording.clean(domain)
              + " (expected: . or labels of 1..63 visible ASCII characters, 253 in all)");
    }
    Objects.requireNonNull(type, "type");
    expected = expected == null ? null : normal(type, expected);
  }

  /**
   * Passes on any answer without an error.
   *
   * @param domain what is asked for; {@code .} for the root
   * @param type what is asked for of it
   * @return the check
   * @throws IllegalArgumentException if the name is not valid
   */
  public static DnsCheck query(String domain, DnsType type) {
    return new DnsCheck(domain, type, null);
  }

  /**
   * Passes if one of the records is this.
   *
   * @param answer an address for A and AAAA, a text for TXT
   * @return the changed check
   * @throws IllegalArgumentException if it does not fit the type
   */
  public DnsCheck expecting(String answer) {
    return new DnsCheck(domain, type, answer);
  }

  @Override
  public String name() {
    return "dns";
  }

  @Override
  public String toString() {
    return name()
        + ":"
        + domain
        + " "
        + type
        + (expected == null ? "" : " expected " + Wording.clean(expected));
  }

  @Override
  public CompletionStage<CheckResult> check(CheckTarget target) {
    return OptionalJar.DNS.need(() -> DnsExchange.run(this, target));
  }

  private static String normal(DnsType type, String expected) {
    byte @Nullable [] address = NetUtil.createByteArrayFromIpAddressString(expected);
    boolean fits =
        switch (type) {
          case A -> address != null && address.length == 4;
          case AAAA -> address != null && address.length == 16;
          case TXT -> expected.chars().allMatch(c -> c <= 0xff);
          default -> false;
        };
    if (!fits) {
      throw new IllegalArgumentException(
          "expected "
              + type
              + ": "
              + Wording.clean(expected)
              + " (expected: an IPv4 address for A, an IPv6 address for AAAA, a text for TXT)");
    }
    return address == null || type == DnsType.TXT ? expected : NetUtil.bytesToIpAddress(address);
  }

  private static boolean isName(String domain) {
    if (domain.equals(".")) {
      return true;
    }
    for (String label : domain.split("\\.", -1)) {
      if (label.isEmpty()
          || label.length() > MAX_LABEL
          || label.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
        return false;
      }
    }
    return domain.length() <= MAX_DOMAIN;
  }
}

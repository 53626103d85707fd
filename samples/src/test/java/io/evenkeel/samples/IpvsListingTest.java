package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.ipvs.IpvsStats;
import io.evenkeel.kernel.ipvs.RuleNames;
import io.evenkeel.kernel.ipvs.Rules;
import io.evenkeel.kernel.ipvs.ServiceStatus;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines that {@code ipvsadm} 1.31 was seen to print, of what a lab has no time to count. */
class IpvsListingTest {
  private static final String LONG_NAME =
      "z23456789-b23456789-c23456789-d23456789-e23456789-f23456.b23456789.example.org";

  @ParameterizedTest
  @CsvSource({
    "0, '        0'",
    "99999999, ' 99999999'",
    "100000000, '  100000K'",
    "999999999, '  999999K'",
    "1000000000, '    1000M'",
    "99999999999, '   99999M'",
    "100000000000, '     100G'",
    "99999999999999, '   99999G'",
    "100000000000000, '     100T'",
    "1000000000000000, '    1000T'",
    "18446744073709551615, '18446744T'"
  })
  void rounded_everySize_hasNineCharacters(String value, String text) {
    assertEquals(text, IpvsListing.rounded(Long.parseUnsignedLong(value)));
  }

  @Test
  void counts_exact_haveAllDigits() {
    long most = -1;
    IpvsStats stats = new IpvsStats(1, 100_000_000, 0, most, 5, 6, 7, 8, 9, most);
    ServiceStatus status =
        new ServiceStatus(
            ((IpvsChange.AddService) change("-A -t 10.0.0.1:80 -s rr")).service(), stats);

    assertEquals(
        "TCP  10.0.0.1:80                         1 100000000        0 18446744073709551615        5",
        new IpvsListing(IpvsListing.View.STATS, RuleNames.NUMERIC, true).service(status));
    assertEquals(
        "TCP  10.0.0.1:80                         6        7        8        918446744T",
        new IpvsListing(IpvsListing.View.RATE, RuleNames.NUMERIC, false).service(status));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.2, a-very-long-host-name-of-a-real-server, '  -> a-very-long-host-name-of-a-r Tunnel '",
    "fc00::2, short, '  -> [short]:80                   Tunnel '",
    "fc00:1111:2222:3333:4444:5555:6666:7777, ,"
        + " '  -> [fc00:1111:2222:3333:4444:5555:6666:7777]:80 Tunnel '",
    "fc00::2,"
        + LONG_NAME
        + ", '  -> [z23456789-b23456789-c23456789-d23456789-e23456789-f23456.b Tunnel '"
  })
  void server_longName_isCut(String address, @Nullable String name, String start) {
    IpvsChange.AddDestination add =
        (IpvsChange.AddDestination)
            change(
                "-a -t 10.0.0.1:80 -r " + address + (address.contains(":") ? "" : ":80") + " -i");
    IpvsListing listing = new IpvsListing(IpvsListing.View.STANDARD, named(name), false);

    assertEquals(
        start + " 1      7          8         ",
        listing.server(
            add.service(), new DestinationStatus(add.destination(), 7, 8, 9, IpvsStats.ZERO)));
  }

  /** As ipvsadm sorted them: words are compared by the sign of their difference. */
  @Test
  void order_addressesFarApart_isThatOfIpvsadm() {
    assertEquals(
        List.of(
            "127.16.0.7:80",
            "128.16.0.7:80",
            "172.16.0.7:80",
            "172.16.0.7:443",
            "172.16.0.7:8080",
            "192.168.0.1:80",
            "200.0.0.7:80",
            "[fc00::2]:80",
            "10.0.0.7:80",
            "[2001::2]:80"),
        IpvsOrder.destinations(
                // Newest first, as the kernel has them.
                List.of(
                    server("[2001::2]:80"),
                    server("[fc00::2]:80"),
                    server("128.16.0.7:80"),
                    server("127.16.0.7:80"),
                    server("172.16.0.7:443"),
                    server("172.16.0.7:8080"),
                    server("172.16.0.7:80"),
                    server("200.0.0.7:80"),
                    server("10.0.0.7:80"),
                    server("192.168.0.1:80")))
            .stream()
            .map(DestinationStatus::destination)
            .map(d -> Rules.endpoint(d.address(), d.port(), null, RuleNames.NUMERIC))
            .toList());
  }

  @ParameterizedTest
  @CsvSource({
    "-t 10.0.0.1:80, -t 10.0.0.1:443",
    "-t 10.0.0.1:443, -t 10.0.0.2:80",
    "-t 10.0.0.2:80, -u 10.0.0.1:80",
    "-u 10.0.0.1:80, --sctp-service 10.0.0.1:80",
    "--sctp-service 10.0.0.1:80, -t [fc00::1]:80",
    "-t [fc00::1]:80, -t [fc00::1:0:0:1]:80",
    "-u [fc00::1]:80, -f 1",
    "-f 1, -f 1 -6",
    "-f 1 -6, -f 2",
    "-f 3000000000, -t 10.0.0.1:80"
  })
  void order_services_isByMarkFamilyProtocolAddressAndPort(String first, String second) {
    assertEquals(-1, Integer.signum(IpvsOrder.compare(key(first), key(second))));
    assertEquals(1, Integer.signum(IpvsOrder.compare(key(second), key(first))));
    assertEquals(0, IpvsOrder.compare(key(first), key(first)));
  }

  private static IpvsKey key(String options) {
    return ((IpvsChange.DeleteService) change("-D " + options)).key();
  }

  private static DestinationStatus server(String endpoint) {
    IpvsDestination destination =
        ((IpvsChange.DeleteDestination) change("-d -t 10.0.0.1:80 -r " + endpoint)).destination();
    return new DestinationStatus(destination, 0, 0, 0, IpvsStats.ZERO);
  }

  private static IpvsChange change(String rule) {
    return Rules.read(rule, RuleNames.NUMERIC).get(0).change();
  }

  private static RuleNames named(@Nullable String name) {
    return new RuleNames() {
      @Override
      public @Nullable String host(InetAddress address) {
        return name;
      }

      @Override
      public @Nullable String service(int port, IpvsProtocol protocol) {
        return null;
      }

      @Override
      public @Nullable InetAddress address(String host, @Nullable AddressFamily family) {
        return null;
      }

      @Override
      public @Nullable Integer port(String service, IpvsProtocol protocol) {
        return null;
      }
    };
  }
}

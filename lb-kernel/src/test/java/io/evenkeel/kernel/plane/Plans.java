package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.ForwardingMethod;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsMark;
import io.evenkeel.kernel.ipvs.IpvsPersistence;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.ipvs.SchedulerFlag;
import io.evenkeel.kernel.plane.Listing.Place;
import io.evenkeel.model.Configuration;
import io.evenkeel.model.FirewallMark;
import io.evenkeel.model.Forwarding;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.Protocol;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Random configurations, and the rules of the kernel that they mean, worked out by hand. */
final class Plans {
  private Plans() {}

  /** Some of eight services, each with some of eight servers. */
  static Configuration random(Random random) {
    Configuration configuration = Configuration.empty();
    for (int i = 0; i < 8; i++) {
      if (random.nextInt(3) > 0) {
        configuration = configuration.with(service(i, random));
      }
    }
    return configuration;
  }

  private static VirtualService service(int number, Random random) {
    VirtualService.Builder builder =
        switch (number) {
          case 0, 1, 2 -> VirtualService.tcp("10.0.0." + (number + 1) + ":80");
          case 3 -> VirtualService.tcp("[fd00::1]:80");
          case 4, 5 -> VirtualService.builder(ServiceKey.udp("10.0.0." + number + ":53"));
          case 6 -> VirtualService.mark("7").address(ServiceKey.tcp("10.0.1.1:80"));
          default -> VirtualService.mark("8").address(ServiceKey.tcp("[fd00::2]:80"));
        };
    builder.scheduler(List.of("rr", "wlc", "sh:sh-port", "mh:mh-fallback").get(random.nextInt(4)));
    if (random.nextInt(4) == 0) {
      builder.persistent(Duration.ofSeconds(60 + random.nextInt(2)));
    }
    if (number == 5 && random.nextBoolean()) {
      builder.onePacket();
    }
    List<RealServer> servers = new ArrayList<>();
    boolean isMark = number > 5;
    for (int i = 0; i < 8; i++) {
      if (random.nextBoolean()) {
        String host = number == 3 || number == 7 ? "[fd01::" + (i + 1) + "]" : "10.1.0." + (i + 1);
        // One of the director's own addresses.
        host = host.equals("10.1.0.8") ? "127.0.0.1" : host;
        servers.add(server(host + ":" + (isMark ? 0 : number > 3 ? 53 : 80), random));
      }
    }
    Collections.shuffle(servers, random);
    servers.forEach(builder::realServer);
    return builder.build();
  }

  private static RealServer server(String endpoint, Random random) {
    int upper = random.nextInt(2) * 100;
    Forwarding forwarding =
        switch (random.nextInt(5)) {
          case 0 -> Forwarding.direct();
          case 1 -> Forwarding.tunnel();
          case 2 -> Forwarding.gue(6080, Forwarding.Checksum.PRESENT);
          default -> Forwarding.masquerading();
        };
    return RealServer.of(endpoint)
        .withWeight(random.nextInt(4))
        .withThresholds(upper, upper / 2)
        .withForwarding(forwarding);
  }

  static IpvsKey key(VirtualService service) {
    VirtualAddress address = service.addresses().get(0);
    return service.key() instanceof FirewallMark mark
        ? new IpvsMark(
            Long.parseLong(mark.name()),
            mark.name().equals("8") ? AddressFamily.IPV6 : AddressFamily.IPV4)
        : new IpvsAddress(
            address.protocol() == Protocol.TCP ? IpvsProtocol.TCP : IpvsProtocol.UDP,
            Tables.address(address.endpoint().host()),
            address.endpoint().port());
  }

  static Place place(RealServer server) {
    return new Place(Tables.address(server.endpoint().host()), server.endpoint().port());
  }

  /** The service and its destinations, a line each. */
  static List<String> rules(VirtualService service) {
    IpvsKey key = key(service);
    PersistenceSpec spec = service.persistence();
    List<String> rules = new ArrayList<>();
    rules.add(
        new IpvsService(
                key,
                service.scheduler().replaceFirst(":.*", ""),
                switch (service.scheduler()) {
                  case "sh:sh-port" -> Set.of(SchedulerFlag.SECOND);
                  case "mh:mh-fallback" -> Set.of(SchedulerFlag.FIRST);
                  default -> Set.of();
                },
                spec == null
                    ? null
                    : new IpvsPersistence(spec.timeout().toSeconds(), key.family().bits(), null),
                service.onePacket())
            .toString());
    for (RealServer server : service.realServers()) {
      IpvsDestination destination =
          IpvsDestination.of(
              Tables.address(server.endpoint().host()),
              server.endpoint().port(),
              switch (server.forwarding().method()) {
                case MASQUERADING -> ForwardingMethod.MASQUERADE;
                case DIRECT -> ForwardingMethod.DIRECT;
                default -> ForwardingMethod.TUNNEL;
              },
              server.weight());
      String text = destination.toString();
      if (server.forwarding().method() == Forwarding.Method.GUE) {
        text = text.replace(" TUNNEL", " TUNNEL IpvsTunnel[type=GUE, port=6080, checksum=PRESENT]");
      }
      rules.add(key + " -> " + text + (server.upperThreshold() == 0 ? "" : " thresholds 100/50"));
    }
    return rules;
  }
}

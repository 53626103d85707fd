package io.evenkeel.kernel.ipvs;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Services and servers of every kind that rules know and the kernel takes, of which no two are the
 * same.
 */
public final class RandomTable {
  private static final List<String> SCHEDULERS =
      List.of(
          "rr", "wrr", "lc", "wlc", "sh", "dh", "sed", "nq", "lblc", "lblcr", "mh", "fo", "ovf");

  private final Random random;
  private final Map<IpvsKey, IpvsService> services = new LinkedHashMap<>();
  private final List<IpvsChange> changes = new ArrayList<>();

  public RandomTable(long seed) {
    random = new Random(seed);
    for (int i = 1 + random.nextInt(20); i > 0; i--) {
      IpvsService service = service();
      if (services.putIfAbsent(service.key(), service) == null) {
        changes.add(new IpvsChange.AddService(service));
        servers(service.key());
      }
    }
  }

  /** All additions, in order. */
  public List<IpvsChange> changes() {
    return changes;
  }

  private void servers(IpvsKey key) {
    Set<String> known = new LinkedHashSet<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      IpvsDestination server = server(key);
      if (known.add(server.address() + ":" + server.port())) {
        changes.add(new IpvsChange.AddDestination(key, server));
      }
    }
  }

  private IpvsService service() {
    IpvsKey key = key();
    boolean isUdp = !(key instanceof IpvsAddress a) || a.protocol() == IpvsProtocol.UDP;
    boolean needsPersistence = key instanceof IpvsAddress a && a.port() == 0;
    String scheduler = SCHEDULERS.get(random.nextInt(SCHEDULERS.size()));
    Set<SchedulerFlag> flags = EnumSet.noneOf(SchedulerFlag.class);
    for (SchedulerFlag flag : SchedulerFlag.values()) {
      // With sh and mh ipvsadm loses the third.
      boolean isSaved = flag != SchedulerFlag.THIRD || !scheduler.matches("[sm]h");
      if (isSaved && random.nextInt(4) == 0) {
        flags.add(flag);
      }
    }
    return new IpvsService(
        key,
        scheduler,
        flags,
        needsPersistence || random.nextBoolean() ? persistence(key) : null,
        isUdp && random.nextInt(3) == 0);
  }

  private IpvsKey key() {
    AddressFamily family = random.nextInt(3) == 0 ? AddressFamily.IPV6 : AddressFamily.IPV4;
    if (random.nextInt(4) == 0) {
      return new IpvsMark(1 + random.nextInt(Integer.MAX_VALUE >> random.nextInt(31)), family);
    }
    IpvsProtocol protocol = IpvsProtocol.values()[random.nextInt(3)];
    return new IpvsAddress(protocol, address(family), port());
  }

  private IpvsPersistence persistence(IpvsKey key) {
    int bits = key.family().bits();
    int prefix = random.nextBoolean() ? bits : 1 + random.nextInt(bits);
    String engine =
        key instanceof IpvsAddress a && a.protocol() == IpvsProtocol.UDP && random.nextBoolean()
            ? "sip"
            : null;
    int timeout = 1 + random.nextInt(2_678_400);
    return key.family() == AddressFamily.IPV4 && random.nextInt(4) == 0
        ? IpvsPersistence.ofNetmask(timeout, random.nextInt(), engine)
        : new IpvsPersistence(timeout, prefix, engine);
  }

  private IpvsDestination server(IpvsKey key) {
    ForwardingMethod method =
        List.of(ForwardingMethod.MASQUERADE, ForwardingMethod.TUNNEL, ForwardingMethod.DIRECT)
            .get(random.nextInt(3));
    AddressFamily family = key.family();
    if (method == ForwardingMethod.TUNNEL && random.nextInt(3) == 0) {
      family = AddressFamily.values()[1 - family.ordinal()];
    }
    int port = port();
    if (method != ForwardingMethod.MASQUERADE && key instanceof IpvsAddress service) {
      port = service.port();
    }
    long upper =
        random.nextInt(3) == 0 ? random.nextInt(Integer.MAX_VALUE >> random.nextInt(31)) : 0;
    return new IpvsDestination(
        address(family),
        port,
        method,
        method == ForwardingMethod.TUNNEL ? tunnel() : null,
        random.nextInt(Integer.MAX_VALUE >> random.nextInt(31)),
        upper,
        upper == 0 ? 0 : random.nextLong(upper + 1));
  }

  private @Nullable IpvsTunnel tunnel() {
    return switch (random.nextInt(6)) {
      case 0 -> new IpvsTunnel(IpvsTunnel.Type.GUE, 1 + random.nextInt(65535), checksum(3));
      case 1 -> new IpvsTunnel(IpvsTunnel.Type.GRE, 0, checksum(2));
      default -> IpvsTunnel.IPIP;
    };
  }

  private IpvsTunnel.Checksum checksum(int kinds) {
    return IpvsTunnel.Checksum.values()[random.nextInt(kinds)];
  }

  private int port() {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> List.of(21, 53, 80, 443, 5060, 8080).get(random.nextInt(6));
      default -> random.nextInt(65536);
    };
  }

  /** Within 10.0.0.0/8, anywhere, or with many zeros. */
  private InetAddress address(AddressFamily family) {
    byte[] bytes = new byte[family.bytes()];
    random.nextBytes(bytes);
    if (family == AddressFamily.IPV6) {
      for (int i = 2; i < bytes.length; i++) {
        if (random.nextInt(3) > 0) {
          bytes[i] = 0;
        }
      }
      bytes[0] = (byte) 0xfc;
    } else {
      bytes[0] = (byte) (random.nextBoolean() ? 10 : 1 + random.nextInt(223));
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}

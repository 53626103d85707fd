package io.evenkeel.schedule;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** ip_vs_sh.c, as {@link KernelService}: a list of 256 servers, made anew at each change. */
final class KernelSourceHash extends KernelService {
  private final boolean port;
  private final boolean fallback;
  private List<Server> buckets = List.of();

  KernelSourceHash(boolean port, boolean fallback) {
    this.port = port;
    this.fallback = fallback;
  }

  /** 32-bit words of an address, first word first, XORed. */
  static BigInteger fold(InetAddress address) {
    byte[] bytes = address.getAddress();
    BigInteger folded = BigInteger.ZERO;
    for (int at = 0; at < bytes.length; at += 4) {
      byte[] word = {bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]};
      folded = folded.xor(new BigInteger(1, word));
    }
    return folded;
  }

  /** The upper bits of the product with 0x61c88647, of which 32 bits are kept. */
  static int hash32(BigInteger number, int bits) {
    BigInteger whole = BigInteger.TWO.pow(32);
    return number
        .multiply(BigInteger.valueOf(0x61c88647L))
        .mod(whole)
        .divide(BigInteger.TWO.pow(32 - bits))
        .intValueExact();
  }

  static BigInteger key(InetSocketAddress who, boolean withPort) {
    return fold(who.getAddress()).add(BigInteger.valueOf(withPort ? who.getPort() : 0));
  }

  @Override
  void changed() {
    buckets = new ArrayList<>();
    while (!servers.isEmpty() && buckets.size() < 256) {
      for (Server server : servers) {
        for (int i = 0; i < Math.max(server.weight, 1) && buckets.size() < 256; i++) {
          buckets.add(server);
        }
      }
    }
  }

  @Override
  @Nullable Server choose() {
    if (servers.isEmpty()) {
      return null;
    }
    int first = hash32(key(client, port), 8);
    if (takes(buckets.get(first))) {
      return buckets.get(first);
    }
    for (int i = 0; fallback && i < 256; i++) {
      int offset = (i + first) % 256;
      Server other = buckets.get((offset + first) % 256);
      if (takes(other)) {
        return other;
      }
    }
    return null;
  }

  static boolean takes(Server server) {
    return server.weight > 0 && !server.overloaded;
  }
}

package io.evenkeel.samples;

import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsMark;
import io.evenkeel.kernel.ipvs.ServiceStatus;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The order in which {@code ipvsadm} 1.31 lists. It compares 32-bit words by the sign of their
 * difference, which overflows: addresses that are more than half of all apart are in the wrong
 * order, so that three of them may have none. To list the same, the way of sorting has to be that
 * of glibc up to 2.36, too: qsort(3) as merge sort.
 */
final class IpvsOrder {
  private IpvsOrder() {}

  static List<ServiceStatus> services(List<ServiceStatus> services) {
    return sorted(services, (a, b) -> compare(a.service().key(), b.service().key()));
  }

  static List<DestinationStatus> destinations(List<DestinationStatus> servers) {
    return sorted(servers, (a, b) -> compare(a.destination(), b.destination()));
  }

  static <T> List<T> sorted(List<T> list, Comparator<T> order) {
    if (list.size() < 2) {
      return list;
    }
    int half = list.size() / 2;
    List<T> left = sorted(list.subList(0, half), order);
    List<T> right = sorted(list.subList(half, list.size()), order);
    List<T> merged = new ArrayList<>(list.size());
    int l = 0;
    int r = 0;
    while (l < left.size() && r < right.size()) {
      merged.add(order.compare(left.get(l), right.get(r)) <= 0 ? left.get(l++) : right.get(r++));
    }
    merged.addAll(left.subList(l, left.size()));
    merged.addAll(right.subList(r, right.size()));
    return merged;
  }

  static int compare(IpvsKey a, IpvsKey b) {
    int difference = mark(a) - mark(b);
    if (difference != 0) {
      return difference;
    }
    if (a.family() != b.family()) {
      return a.family().compareTo(b.family());
    }
    if (!(a instanceof IpvsAddress x) || !(b instanceof IpvsAddress y)) {
      return 0;
    }
    if (x.protocol() != y.protocol()) {
      return x.protocol().compareTo(y.protocol());
    }
    difference = compare(x.address(), y.address());
    return difference != 0 ? difference : x.port() - y.port();
  }

  static int compare(IpvsDestination a, IpvsDestination b) {
    int difference = compare(a.address(), b.address());
    return difference != 0 ? difference : a.port() - b.port();
  }

  private static int mark(IpvsKey key) {
    return key instanceof IpvsMark mark ? (int) mark.mark() : 0;
  }

  /** The first word alone tells an IPv4 address from an IPv6 one. */
  private static int compare(InetAddress a, InetAddress b) {
    ByteBuffer x = ByteBuffer.wrap(a.getAddress());
    ByteBuffer y = ByteBuffer.wrap(b.getAddress());
    int difference = x.getInt() - y.getInt();
    if (a instanceof Inet6Address) {
      while (difference == 0 && x.hasRemaining()) {
        difference = x.getInt() - (y.hasRemaining() ? y.getInt() : 0);
      }
    }
    return difference;
  }
}

package io.evenkeel.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** ip_vs_dh.c, as {@link KernelService}: the buckets stay as they are when a weight changes. */
final class KernelDestinationHash extends KernelService {
  private List<Server> buckets = List.of();

  @Override
  void listChanged() {
    buckets = new ArrayList<>();
    Server server = null;
    while (!servers.isEmpty() && buckets.size() < 256) {
      Server next = after(server);
      server = next != null ? next : servers.get(0);
      buckets.add(server);
    }
  }

  @Override
  @Nullable Server choose() {
    if (servers.isEmpty()) {
      return null;
    }
    Server server = buckets.get(KernelSourceHash.hash32(KernelSourceHash.key(asked, false), 8));
    return KernelSourceHash.takes(server) ? server : null;
  }
}

package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsConnections;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsStats;
import io.evenkeel.kernel.ipvs.IpvsSysctl;
import io.evenkeel.kernel.ipvs.ServiceStatus;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A table in memory, of one thread at a time; what happens before each reading is a test's. */
final class FakeKernel implements Kernel {

  /** Happens before a table is read. */
  interface Reading {
    void begin() throws IOException;
  }

  volatile Map<IpvsKey, Listing> table = Map.of();
  volatile Reading reading = () -> {};
  volatile boolean refuses;

  /** Of each destination. */
  volatile int active;

  @Override
  public List<ServiceStatus> services() throws IOException {
    reading.begin();
    return table.values().stream()
        .map(listing -> new ServiceStatus(listing.service(), IpvsStats.ZERO))
        .toList();
  }

  @Override
  public List<DestinationStatus> destinations(IpvsKey key) {
    return Objects.requireNonNull(table.get(key)).destinations().stream()
        .map(server -> new DestinationStatus(server, active, 0, 0, IpvsStats.ZERO))
        .toList();
  }

  @Override
  public void apply(List<IpvsChange> changes) throws IOException {
    if (refuses) {
      throw new IOException("refused");
    }
    table = Tables.applied(table, changes);
  }

  @Override
  public IpvsConnections connections() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void set(IpvsSysctl sysctl, long value) {}

  @Override
  public void close() {}
}

package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsConnections;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsSysctl;
import io.evenkeel.kernel.ipvs.ServiceStatus;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a plane needs of the kernel. Used by one thread at a time. */
interface Kernel extends AutoCloseable {

  /** See {@link Ipvs#services}. */
  List<ServiceStatus> services() throws IOException;

  /** See {@link Ipvs#destinations}. */
  List<DestinationStatus> destinations(IpvsKey key) throws IOException;

  /** See {@link Ipvs#apply(List)}. */
  void apply(List<IpvsChange> changes) throws IOException;

  /** See {@link Ipvs#connections}. */
  IpvsConnections connections() throws IOException;

  /** See {@link Ipvs#set}. */
  void set(IpvsSysctl sysctl, long value) throws IOException;

  @Override
  void close();

  /** Opens it. */
  @FunctionalInterface
  interface Opening {

    /**
     * Opens it.
     *
     * @param namespace null: the calling thread's
     */
    Kernel open(@Nullable String namespace) throws IOException;
  }

  /**
   * Opens that of this machine.
   *
   * @param namespace null: the calling thread's
   */
  static Kernel open(@Nullable String namespace) throws IOException {
    return new OfMachine(namespace == null ? Ipvs.open() : Ipvs.open(namespace));
  }

  /** The machine's own. */
  record OfMachine(Ipvs ipvs) implements Kernel {

    @Override
    public List<ServiceStatus> services() throws IOException {
      return ipvs.services();
    }

    @Override
    public List<DestinationStatus> destinations(IpvsKey key) throws IOException {
      return ipvs.destinations(key);
    }

    @Override
    public void apply(List<IpvsChange> changes) throws IOException {
      ipvs.apply(changes);
    }

    @Override
    public IpvsConnections connections() throws IOException {
      return ipvs.connections();
    }

    @Override
    public void set(IpvsSysctl sysctl, long value) throws IOException {
      ipvs.set(sysctl, value);
    }

    @Override
    public void close() {
      ipvs.close();
    }
  }
}

package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.ServiceStatus;
import io.evenkeel.kernel.net.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** Switches something of {@code /proc/sys/net/ipv4/vs} on or off, unless it is so already. */
  void set(String name, boolean value) throws IOException;

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
   * Opens the kernel of this machine.
   *
   * @param namespace null: the calling thread's
   */
  static Kernel open(@Nullable String namespace) throws IOException {
    Ipvs ipvs = namespace == null ? Ipvs.open() : Ipvs.open(namespace);
    try {
      return new OfMachine(ipvs, namespace == null ? null : NetworkNamespace.enter(namespace));
    } catch (IOException e) {
      ipvs.close();
      throw e;
    }
  }

  /**
   * The machine's own.
   *
   * @param namespace null: the calling thread's
   */
  record OfMachine(Ipvs ipvs, @Nullable NetworkNamespace namespace) implements Kernel {
    private static final Path SWITCHES = Path.of("/proc/sys/net/ipv4/vs");

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
    public void set(String name, boolean value) throws IOException {
      if (namespace == null) {
        write(name, value);
      } else {
        namespace.call(
            () -> {
              write(name, value);
              return name;
            });
      }
    }

    private static void write(String name, boolean value) throws IOException {
      Path file = SWITCHES.resolve(name);
      String wanted = value ? "1" : "0";
      if (!Files.readString(file).strip().equals(wanted)) {
        Files.writeString(file, wanted);
      }
    }

    @Override
    public void close() {
      ipvs.close();
      if (namespace != null) {
        namespace.close();
      }
    }
  }
}

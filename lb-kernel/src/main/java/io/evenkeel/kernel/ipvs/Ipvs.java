package io.evenkeel.kernel.ipvs;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.net.NetworkNamespace;
import io.evenkeel.kernel.netlink.GenericNetlink;
import io.evenkeel.kernel.netlink.Netlink;
import io.evenkeel.kernel.netlink.Request;
import io.evenkeel.kernel.sys.Errno;
import io.evenkeel.kernel.sys.Sys;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's IPVS in one network namespace, through generic netlink
 * (net/netfilter/ipvs/ip_vs_ctl.c). Needs CAP_NET_ADMIN in the initial user namespace. Each call
 * throws {@link KernelException} with command and errno if the kernel refuses it, answers with what
 * is malformed (EBADMSG) or is silent for {@link Netlink#TIMEOUT} (ETIMEDOUT). Thread-safe; one
 * call at a time but those of settings and of the connection table.
 */
public final class Ipvs implements AutoCloseable {
  private static final String FAMILY = "IPVS";

  private final @Nullable NetworkNamespace namespace;
  private final Netlink netlink;
  private final IpvsCodec codec;

  private Ipvs(@Nullable NetworkNamespace namespace, Netlink netlink, IpvsCodec codec) {
    this.namespace = namespace;
    this.netlink = netlink;
    this.codec = codec;
  }

  /**
   * Whether {@link #open()} works on this machine, for this process.
   *
   * @return whether it does
   */
  public static boolean isAvailable() {
    return unavailabilityCause() == null;
  }

  /**
   * Why {@link #open()} does not work on this machine, or for this process.
   *
   * @return the cause, and what would have to change; null: it works
   */
  public static @Nullable String unavailabilityCause() {
    try {
      open().close();
      return null;
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /**
   * Opens the IPVS of the calling thread's network namespace.
   *
   * @return to be closed
   * @throws IOException if there is none, or this process may not; says what would have to change
   */
  public static Ipvs open() throws IOException {
    return open((NetworkNamespace) null);
  }

  /**
   * Opens the IPVS of a network namespace. Needs CAP_SYS_ADMIN to enter it.
   *
   * @param namespace as {@code ip netns} knows it, or the path of a namespace's file
   * @return to be closed
   * @throws IOException if there is none, or this process may not; says what would have to change
   */
  public static Ipvs open(String namespace) throws IOException {
    NetworkNamespace entered = NetworkNamespace.enter(namespace);
    try {
      return open(entered);
    } catch (IOException | RuntimeException e) {
      entered.close();
      throw e;
    }
  }

  private static Ipvs open(@Nullable NetworkNamespace namespace) throws IOException {
    String cause = Sys.unavailabilityCause();
    if (cause != null) {
      throw new IOException("IPVS: " + cause);
    }
    try {
      return connect(namespace);
    } catch (KernelException e) {
      throw new IOException(Unavailability.here().cause(e), e);
    }
  }

  private static Ipvs connect(@Nullable NetworkNamespace namespace) throws IOException {
    Netlink netlink = in(namespace, () -> Netlink.open(Netlink.GENERIC));
    try {
      int family = GenericNetlink.family(netlink, FAMILY);
      Ipvs ipvs = new Ipvs(namespace, netlink, new IpvsCodec(family));
      // What asks for privileges: the family's number does not.
      ipvs.info();
      return ipvs;
    } catch (IOException | RuntimeException e) {
      netlink.close();
      throw e;
    }
  }

  /**
   * Makes changes, in order and with few system calls; each whatever became of those before it.
   *
   * @param changes any number
   * @throws IpvsException if the kernel refuses some; the others hold
   * @throws KernelException ETIMEDOUT: the kernel does not answer: what became of them is not known
   */
  public void apply(List<? extends IpvsChange> changes) throws IOException {
    List<Netlink.Failure> failures = netlink.batch(changes.stream().map(codec::change).toList());
    if (!failures.isEmpty()) {
      List<IpvsException.Refusal> refusals = new ArrayList<>();
      for (Netlink.Failure failure : failures) {
        refusals.add(
            new IpvsException.Refusal(
                changes.get(failure.index()),
                failure.cause().errno(),
                String.valueOf(failure.cause().getMessage())));
      }
      throw new IpvsException(refusals);
    }
  }

  /**
   * Makes one change.
   *
   * @param change to make
   * @throws IpvsException if the kernel refuses it
   * @throws IOException if the kernel does not answer
   */
  public void apply(IpvsChange change) throws IOException {
    apply(List.of(change));
  }

  /**
   * All services.
   *
   * @return in the kernel's order
   * @throws IOException see above
   */
  public List<ServiceStatus> services() throws IOException {
    return netlink.dump(codec.getServices(), IpvsCodec::service, status -> status.service().key());
  }

  /**
   * One service.
   *
   * @param key of the service
   * @return empty: there is none
   * @throws IOException see above
   */
  public Optional<ServiceStatus> service(IpvsKey key) throws IOException {
    try {
      return Optional.ofNullable(netlink.get(codec.getService(key), IpvsCodec::service));
    } catch (KernelException e) {
      if (e.errno() == Errno.ESRCH) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * The destinations of a service. If others add some while there are more than some 80, all are
   * read again. If others delete some, one that stays may be missing, for the kernel does not tell:
   * who would act upon that reads again.
   *
   * @param key of the service
   * @return in the kernel's order: newest first; none if there is no such service
   * @throws IOException see above
   */
  public List<DestinationStatus> destinations(IpvsKey key) throws IOException {
    return netlink.dump(
        codec.getDestinations(key),
        payload -> IpvsCodec.destination(payload, key.family()),
        status -> new Server(status.destination().address(), status.destination().port()));
  }

  /** What no two destinations of a service have in common. */
  private record Server(InetAddress address, int port) {}

  /**
   * How long connections live without packets.
   *
   * @return the timeouts
   * @throws IOException see above
   */
  public IpvsTimeouts timeouts() throws IOException {
    return required(codec.getTimeouts(), IpvsCodec::timeouts);
  }

  /**
   * Sets how long connections live without packets.
   *
   * @param timeouts 0: leave it
   * @throws IOException see above
   */
  public void setTimeouts(IpvsTimeouts timeouts) throws IOException {
    netlink.execute(codec.setTimeouts(timeouts));
  }

  /**
   * The daemons that run.
   *
   * @return at most one of each role
   * @throws IOException see above
   */
  public List<IpvsDaemon> daemons() throws IOException {
    return netlink.dump(codec.getDaemons(), IpvsCodec::daemon);
  }

  /**
   * Starts a daemon; EEXIST if one of its role runs, EINVAL if there is a destination of another
   * family than its service's, of which the sync protocol cannot tell.
   *
   * @param daemon to be started
   * @throws IOException see above
   */
  public void start(IpvsDaemon daemon) throws IOException {
    netlink.execute(codec.startDaemon(daemon));
  }

  /**
   * Stops a daemon; ESRCH if none of its role runs.
   *
   * @param role of the daemon
   * @throws IOException see above
   */
  public void stop(IpvsDaemon.Role role) throws IOException {
    netlink.execute(codec.stopDaemon(role));
  }

  /**
   * The kernel's IPVS itself.
   *
   * @return version and size of the connection table
   * @throws IOException see above
   */
  public IpvsInfo info() throws IOException {
    return required(codec.getInfo(), IpvsCodec::info);
  }

  /**
   * The connection table, templates among it, to be read an entry at a time. Needs no privilege in
   * the initial network namespace.
   *
   * @return to be closed
   * @throws IOException if it cannot be read
   */
  public IpvsConnections connections() throws IOException {
    return new IpvsConnections(
        in(namespace, () -> Files.newInputStream(Path.of("/proc/thread-self/net/ip_vs_conn"))));
  }

  /**
   * The settings that this kernel has.
   *
   * @return each with its value
   * @throws IOException if one cannot be read, or is not a number
   */
  public Map<IpvsSysctl, Long> sysctls() throws IOException {
    return in(namespace, SysctlFiles.KERNEL::read);
  }

  /**
   * Changes a setting. Needs root, or CAP_NET_ADMIN in the user namespace of the network namespace.
   * One at a time in this process: {@link IpvsSysctl#SYNC_THRESHOLD} and {@link
   * IpvsSysctl#SYNC_PERIOD} share a file, of which both numbers are written, and another process
   * that writes one of them at the same moment may lose its change.
   *
   * @param sysctl which
   * @param value in its unit
   * @throws IllegalArgumentException if it is out of range
   * @throws KernelException ENOENT: this kernel does not have it; EACCES: this process may not
   * @throws IOException if the kernel refuses it
   */
  public void set(IpvsSysctl sysctl, long value) throws IOException {
    in(
        namespace,
        () -> {
          SysctlFiles.KERNEL.write(sysctl, value);
          return sysctl;
        });
  }

  /** In the namespace's thread: what a file or socket belongs to is decided when it is opened. */
  private static <T> T in(@Nullable NetworkNamespace namespace, IoCallable<T> what)
      throws IOException {
    return namespace == null ? what.call() : namespace.call(what);
  }

  /** What may fail as the kernel may. */
  private interface IoCallable<T> extends Callable<T> {
    @Override
    T call() throws IOException;
  }

  private <T> T required(Request request, Function<ByteBuffer, T> decoder) throws IOException {
    T answer = netlink.get(request, decoder);
    if (answer == null) {
      throw new KernelException(
          request.command(), Errno.EBADMSG, "no answer but an acknowledgement");
    }
    return answer;
  }

  @Override
  public void close() {
    netlink.close();
    if (namespace != null) {
      namespace.close();
    }
  }
}

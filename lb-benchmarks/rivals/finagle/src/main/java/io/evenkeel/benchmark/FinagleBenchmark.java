package io.evenkeel.benchmark;

import com.twitter.finagle.Address;
import com.twitter.finagle.Addresses;
import com.twitter.finagle.ClientConnection;
import com.twitter.finagle.NoBrokersAvailableException;
import com.twitter.finagle.Service;
import com.twitter.finagle.ServiceFactory;
import com.twitter.finagle.Stack;
import com.twitter.finagle.Status;
import com.twitter.finagle.loadbalancer.Balancers;
import com.twitter.finagle.loadbalancer.EndpointFactory;
import com.twitter.finagle.loadbalancer.LoadBalancerFactory;
import com.twitter.finagle.util.Rng;
import com.twitter.util.Activity;
import com.twitter.util.Await;
import com.twitter.util.Duration;
import com.twitter.util.Future;
import com.twitter.util.Time;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import scala.collection.immutable.IndexedSeq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/**
 * Finagle: a session is taken from a balancer over a fixed list of endpoints, and given back.
 *
 * <p>Finagle cannot choose without counting a request in, so this is the choice and the release, to
 * be read beside {@code DispatchBenchmark.dispatchAndRelease}. The endpoints answer at once with
 * the same session each time. Parameters are the defaults (peak EWMA decays over 10 s), statistics
 * go nowhere. aperture is left out: it needs to know its peers.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class FinagleBenchmark {

  /** The endpoints. */
  @State(Scope.Benchmark)
  public static class Endpoints {
    /** Balancer. */
    @Param({"roundRobin", "p2c", "p2cPeakEwma", "heap"})
    public String policy;

    /** How many. */
    @Param({"16", "128", "10000"})
    public int servers;

    private ServiceFactory<Integer, Integer> balancer;

    /** Makes the balancer. */
    @Setup
    public void start() {
      List<EndpointFactory<Integer, Integer>> list = new ArrayList<>();
      for (int i = 0; i < servers; i++) {
        list.add(new Endpoint(i));
      }
      IndexedSeq<EndpointFactory<Integer, Integer>> endpoints =
          CollectionConverters.asScala(list).toIndexedSeq();
      balancer =
          balancers()
              .newBalancer(
                  Activity.value(endpoints),
                  new NoBrokersAvailableException("service"),
                  Stack.Params$.MODULE$.empty());
      List<Service<Integer, Integer>> sessions = new ArrayList<>();
      Spread.check(
          servers,
          50,
          () -> {
            Service<Integer, Integer> session = take();
            sessions.add(session);
            return result(session.apply(0));
          });
      sessions.forEach(Service::close);
    }

    private LoadBalancerFactory balancers() {
      return switch (policy) {
        case "roundRobin" -> Balancers.roundRobin();
        case "p2c" -> Balancers.p2c(Rng.threadLocal());
        case "p2cPeakEwma" -> Balancers.p2cPeakEwma(Duration.fromSeconds(10), Rng.threadLocal());
        case "heap" -> Balancers.heap(new scala.util.Random());
        default -> throw new IllegalArgumentException(policy);
      };
    }

    Service<Integer, Integer> take() {
      return result(balancer.apply());
    }
  }

  static <T> T result(Future<T> future) {
    try {
      return Await.result(future);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Endpoint extends ServiceFactory<Integer, Integer>
      implements EndpointFactory<Integer, Integer> {
    private final Address address;
    private final Future<Service<Integer, Integer>> session;

    Endpoint(int index) {
      address = Addresses.newInetAddress(InetSocketAddress.createUnresolved("s" + index, 8080));
      session = Future.value(new Session(index));
    }

    @Override
    public Address address() {
      return address;
    }

    @Override
    public Future<Service<Integer, Integer>> apply(ClientConnection connection) {
      return session;
    }

    @Override
    public void remake() {}

    @Override
    public Status status() {
      return Status.Open$.MODULE$;
    }

    @Override
    public Future<BoxedUnit> close(Time deadline) {
      return Future.Done();
    }
  }

  /** Tells which endpoint it is of. */
  private static final class Session extends Service<Integer, Integer> {
    private final Future<Integer> index;

    Session(int index) {
      this.index = Future.value(index);
    }

    @Override
    public Future<Integer> apply(Integer request) {
      return index;
    }
  }

  /**
   * The choice, and its end.
   *
   * @param endpoints among whom
   * @param caller for whom
   * @return the end
   */
  @Benchmark
  public Future<BoxedUnit> takeAndGiveBack(Endpoints endpoints, Caller caller) {
    caller.next();
    return endpoints.take().close();
  }
}

package io.evenkeel.benchmark;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ChannelLogger;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SynchronizationContext;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

/**
 * gRPC: {@code pickSubchannel} of the picker that a policy hands over once all servers are ready.
 *
 * <p>The policy comes from the {@code LoadBalancerRegistry}; the channel around it is our own
 * {@code Helper}, whose connections are ready at once. least_request has a choiceCount of 2, its
 * default, and about 50 calls a server open, begun while the balance was checked; none begins or
 * ends while it is measured. For weighted_round_robin every server has reported once, in the
 * trailers of a call, from what follows a weight of 1 to 8 by chance; it counts at once and for an
 * hour.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class GrpcBenchmark {
  private static final Metadata.Key<byte[]> REPORT =
      Metadata.Key.of("endpoint-load-metrics-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /** Tags of protobuf for 64 bits: the field's number * 8 + 1. */
  private static final byte CPU_UTILIZATION = 8 + 1;

  private static final byte REQUESTS_EACH_SECOND = 6 * 8 + 1;

  /** The addresses. */
  @State(Scope.Benchmark)
  public static class Service {
    /** Policy, by the name it is registered under. */
    @Param({"round_robin", "weighted_round_robin", "least_request_experimental"})
    public String policy;

    /** How many. */
    @Param({"16", "128", "10000"})
    public int servers;

    private final Map<List<SocketAddress>, Integer> weights = new HashMap<>();
    private LoadBalancer.SubchannelPicker picker;

    /** Makes the picker. */
    @Setup
    public void start() {
      LoadBalancerProvider provider =
          Objects.requireNonNull(LoadBalancerRegistry.getDefaultRegistry().getProvider(policy));
      boolean weighted = policy.equals("weighted_round_robin");
      Object config =
          Objects.requireNonNull(
              provider
                  .parseLoadBalancingPolicyConfig(
                      weighted
                          ? Map.of("blackoutPeriod", "0s", "weightExpirationPeriod", "3600s")
                          : Map.of())
                  .getConfig());
      SplittableRandom random = new SplittableRandom(Pool.SEED);
      List<EquivalentAddressGroup> addresses = new ArrayList<>();
      for (int i = 0; i < servers; i++) {
        EquivalentAddressGroup address =
            new EquivalentAddressGroup(InetSocketAddress.createUnresolved("s" + i, 8080));
        addresses.add(address);
        weights.put(address.getAddresses(), weighted ? 1 + random.nextInt(8) : 1);
      }
      Channel channel = new Channel();
      LoadBalancer balancer = provider.newLoadBalancer(channel);
      LoadBalancer.ResolvedAddresses resolved =
          LoadBalancer.ResolvedAddresses.newBuilder()
              .setAddresses(addresses)
              .setLoadBalancingPolicyConfig(config)
              .build();
      channel.context.execute(() -> balancer.acceptResolvedAddresses(resolved));
      picker = Objects.requireNonNull(channel.picker);
      Call call = new Call();
      if (weighted) {
        // In turn, as long as it knows no weights; with the same addresses again it looks at them.
        Spread.check(servers, 1, () -> begin(call));
        channel.context.execute(() -> balancer.acceptResolvedAddresses(resolved));
        picker = Objects.requireNonNull(channel.picker);
      }
      Spread.check(servers, 50, () -> begin(call), this::share);
    }

    int share(List<SocketAddress> server) {
      return Objects.requireNonNull(weights.get(server));
    }

    /** Picks, and begins a call there, which reports the server's weight. */
    List<SocketAddress> begin(Call call) {
      LoadBalancer.PickResult result = picker.pickSubchannel(call);
      List<SocketAddress> server =
          Objects.requireNonNull(result.getSubchannel(), result::toString)
              .getAddresses()
              .getAddresses();
      ClientStreamTracer.Factory tracers = result.getStreamTracerFactory();
      if (tracers != null) {
        ClientStreamTracer tracer =
            tracers.newClientStreamTracer(
                ClientStreamTracer.StreamInfo.newBuilder().build(), call.getHeaders());
        tracer.streamCreated(Attributes.EMPTY, call.getHeaders());
        tracer.inboundTrailers(report(share(server)));
      }
      return server;
    }

    /** An OrcaLoadReport (xds/data/orca/v3): its weight is requests each second / utilization. */
    private static Metadata report(int weight) {
      byte[] report =
          ByteBuffer.allocate(2 * (1 + Double.BYTES))
              .order(ByteOrder.LITTLE_ENDIAN)
              .put(CPU_UTILIZATION)
              .putDouble(1)
              .put(REQUESTS_EACH_SECOND)
              .putDouble(weight)
              .array();
      Metadata trailers = new Metadata();
      trailers.put(REPORT, report);
      return trailers;
    }
  }

  /** A channel that keeps the last picker. */
  private static final class Channel extends LoadBalancer.Helper {
    private final SynchronizationContext context =
        new SynchronizationContext(
            (thread, failure) -> {
              throw new IllegalStateException(failure);
            });
    private final ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task);
              thread.setDaemon(true);
              return thread;
            });
    private LoadBalancer.@Nullable SubchannelPicker picker;

    @Override
    public LoadBalancer.Subchannel createSubchannel(LoadBalancer.CreateSubchannelArgs args) {
      return new Connection(args, context);
    }

    @Override
    public void updateBalancingState(
        ConnectivityState state, LoadBalancer.SubchannelPicker newPicker) {
      picker = newPicker;
    }

    @Override
    public SynchronizationContext getSynchronizationContext() {
      return context;
    }

    @Override
    public ScheduledExecutorService getScheduledExecutorService() {
      return timer;
    }

    @Override
    public ManagedChannel createOobChannel(EquivalentAddressGroup address, String authority) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String getAuthority() {
      return "service";
    }

    @Override
    public String getChannelTarget() {
      return "service";
    }

    @Override
    public ChannelLogger getChannelLogger() {
      return new Silent();
    }
  }

  /** Ready as soon as it is asked for. */
  private static final class Connection extends LoadBalancer.Subchannel {
    private final List<EquivalentAddressGroup> addresses;
    private final Attributes attributes;
    private final SynchronizationContext context;
    private LoadBalancer.@Nullable SubchannelStateListener listener;

    Connection(LoadBalancer.CreateSubchannelArgs args, SynchronizationContext context) {
      addresses = args.getAddresses();
      attributes = args.getAttributes();
      this.context = context;
    }

    @Override
    public void start(LoadBalancer.SubchannelStateListener newListener) {
      listener = newListener;
    }

    @Override
    public void requestConnection() {
      LoadBalancer.SubchannelStateListener to = Objects.requireNonNull(listener);
      context.execute(
          () -> to.onSubchannelState(ConnectivityStateInfo.forNonError(ConnectivityState.READY)));
    }

    @Override
    public void updateAddresses(List<EquivalentAddressGroup> same) {}

    @Override
    public void shutdown() {}

    @Override
    public List<EquivalentAddressGroup> getAllAddresses() {
      return addresses;
    }

    @Override
    public Attributes getAttributes() {
      return attributes;
    }

    @Override
    public ChannelLogger getChannelLogger() {
      return new Silent();
    }
  }

  private static final class Silent extends ChannelLogger {
    @Override
    public void log(ChannelLogLevel level, String message) {}

    @Override
    public void log(ChannelLogLevel level, String format, @Nullable Object... arguments) {}
  }

  /** The same call again and again. */
  static final class Call extends LoadBalancer.PickSubchannelArgs {
    private final Metadata headers = new Metadata();
    private final MethodDescriptor<byte[], byte[]> method =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("service/method")
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();

    @Override
    public CallOptions getCallOptions() {
      return CallOptions.DEFAULT;
    }

    @Override
    public Metadata getHeaders() {
      return headers;
    }

    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
      return method;
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException();
    }
  }

  /** What a thread calls. */
  @State(Scope.Thread)
  public static class Sender {
    private final Call call = new Call();
  }

  /**
   * The choice.
   *
   * @param service among whom
   * @param sender for which call
   * @param caller for whom
   * @return the chosen
   */
  @Benchmark
  public LoadBalancer.@Nullable Subchannel select(Service service, Sender sender, Caller caller) {
    caller.next();
    return service.picker.pickSubchannel(sender.call).getSubchannel();
  }
}

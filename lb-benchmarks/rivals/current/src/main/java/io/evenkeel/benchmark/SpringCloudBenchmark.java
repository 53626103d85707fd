package io.evenkeel.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.client.loadbalancer.reactive.ReactiveLoadBalancer;
import org.springframework.cloud.loadbalancer.core.RandomLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Spring Cloud LoadBalancer: {@code choose}, waited for, as its blocking client does.
 *
 * <p>The list of instances is a {@code Flux} made once, without a cache or a filter in between.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class SpringCloudBenchmark {

  /** The instances. */
  @State(Scope.Benchmark)
  public static class Service {
    /** Balancer. */
    @Param({"RoundRobin", "Random"})
    public String policy;

    /** How many. */
    @Param({"16", "128", "10000"})
    public int servers;

    private ReactorServiceInstanceLoadBalancer balancer;

    /** Makes the balancer. */
    @Setup
    public void start() {
      List<ServiceInstance> instances = new ArrayList<>();
      for (int i = 0; i < servers; i++) {
        instances.add(new DefaultServiceInstance("i" + i, "service", "s" + i, 8080, false));
      }
      balancer = balancer(new Provider(new Fixed(Flux.just(List.copyOf(instances)))));
      Spread.check(servers, 50, this::choose);
    }

    private ReactorServiceInstanceLoadBalancer balancer(Provider provider) {
      return switch (policy) {
        case "RoundRobin" -> new RoundRobinLoadBalancer(provider, "service", 0);
        case "Random" -> new RandomLoadBalancer(provider, "service");
        default -> throw new IllegalArgumentException(policy);
      };
    }

    ServiceInstance choose() {
      Response<ServiceInstance> response =
          Mono.from(balancer.choose(ReactiveLoadBalancer.REQUEST)).block();
      return Objects.requireNonNull(Objects.requireNonNull(response).getServer());
    }
  }

  private record Provider(ServiceInstanceListSupplier supplier)
      implements ObjectProvider<ServiceInstanceListSupplier> {
    @Override
    public ServiceInstanceListSupplier getObject() {
      return supplier;
    }

    @Override
    public ServiceInstanceListSupplier getIfAvailable() {
      return supplier;
    }
  }

  private record Fixed(Flux<List<ServiceInstance>> instances)
      implements ServiceInstanceListSupplier {
    @Override
    public String getServiceId() {
      return "service";
    }

    @Override
    public Flux<List<ServiceInstance>> get() {
      return instances;
    }
  }

  /**
   * The choice.
   *
   * @param service among whom
   * @param caller for whom
   * @return the chosen
   */
  @Benchmark
  public ServiceInstance select(Service service, Caller caller) {
    caller.next();
    return service.choose();
  }
}

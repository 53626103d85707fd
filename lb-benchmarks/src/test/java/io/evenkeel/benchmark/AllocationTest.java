package io.evenkeel.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.evenkeel.Director;
import io.evenkeel.Dispatcher;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import io.evenkeel.schedule.Schedulers;
import io.evenkeel.schedule.Selector;
import io.evenkeel.transport.Transport;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The hot path allocates nothing. The JVM counts the bytes that this thread allocates, exactly; so
 * a single object of 16 bytes in each call is 16 000 times what is tolerated.
 *
 * <p>The warm-up is long enough to link what is linked once and short enough that the first calls
 * that are measured are interpreted or compiled by C1: objects that C2 would optimise away are seen
 * too.
 */
class AllocationTest {
  private static final int WARM_UP = 1_000;

  private static final int CALLS = 100_000;

  /** One byte in so many calls: room for what happens once in the JVM, not for what repeats. */
  private static final int CALLS_PER_BYTE = 1_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @BeforeAll
  static void allocationIsCounted() {
    assumeTrue(
        THREADS.isThreadAllocatedMemorySupported() && THREADS.isThreadAllocatedMemoryEnabled(),
        "this JVM does not count the bytes that a thread allocates");
  }

  static Stream<Arguments> pools() {
    return Schedulers.names().stream()
        .flatMap(
            name ->
                Stream.of(16, 128, 10_000)
                    .flatMap(
                        servers ->
                            Stream.of(8, 10_000)
                                .map(weights -> Arguments.of(name, servers, weights))));
  }

  @ParameterizedTest(name = "{0}, {1} servers, {2} weights")
  @MethodSource("pools")
  void hotPath_warm_allocatesNothing(String scheduler, int servers, int weights) {
    Caller caller = new Caller();
    try (Pool pool = Pool.start(scheduler, servers, weights)) {
      Selector selector = pool.selector();
      assertNotNull(selector.select(caller.next(), 0));
      assertAllocatesNothing("select", CALLS, () -> selector.select(caller.next(), 0));

      Dispatcher dispatcher = pool.dispatcher();
      assertAllocatesNothing("dispatch", CALLS, () -> dispatchAndRelease(dispatcher, caller));
      assertEquals(0, dispatcher.refused());
    }
  }

  @ParameterizedTest(name = "with a listener: {0}")
  @ValueSource(booleans = {false, true})
  void hotPath_templateHit_allocatesNothing(boolean told) {
    VirtualService service =
        VirtualService.tcp("127.255.0.1:80")
            .realServer("127.0.0.1:8080")
            .realServer("127.0.0.2:8080")
            .persistent(PersistenceSpec.perClient())
            .build();
    Flow flow = new Flow();
    Assignment assignment = new Assignment();
    int[] calls = new int[1];
    Director.Builder builder =
        Director.builder().transport(Transport.NIO).threads(1).service(service);
    if (told) {
      builder.templateListener(changes -> {});
    }
    try (Director director = builder.build().start()) {
      Dispatcher dispatcher = director.dispatcher(service.key());
      Runnable hit =
          () -> {
            flow.client(0, (0xffffL << 32) | (calls[0]++ & 0xfff), 4711);
            dispatcher.dispatch(flow, assignment);
            assignment.release(Outcome.SUCCESS);
          };
      // Each client gets its template. The cache allocates now and then until all of it is linked;
      // what repeats is in every round.
      allocated(0x1000, hit);
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 5; round++) {
        least = Math.min(least, allocated(100_000, hit));
      }
      assertEquals(0, least, "bytes in 100 000 calls");
    }
  }

  @Test
  void hotPath_datagram_allocatesNothing() {
    VirtualService service =
        VirtualService.builder(ServiceKey.udp("127.255.0.1:53"))
            .realServer("127.0.0.1:8053")
            .realServer("127.0.0.2:8053")
            .onePacket()
            .build();
    Flow flow = new Flow();
    try (Director director =
        Director.builder().transport(Transport.NIO).threads(1).service(service).build().start()) {
      Dispatcher dispatcher = director.dispatcher(service.key());

      assertAllocatesNothing("datagram", CALLS, () -> dispatcher.datagram(flow));

      assertEquals(0, dispatcher.refused());
    }
  }

  @Test
  void allocated_anObjectInEachCall_isSeen() {
    Object[] last = new Object[1];
    long bytes = allocated(WARM_UP, () -> last[0] = new Object());
    assertTrue(bytes >= 16L * WARM_UP, bytes + " bytes in " + WARM_UP + " calls");
  }

  private static void dispatchAndRelease(Dispatcher dispatcher, Caller caller) {
    Assignment assignment = caller.assignment;
    dispatcher.dispatch(caller.next(), assignment);
    assignment.established();
    assignment.closing();
    assignment.release(Outcome.SUCCESS);
  }

  private static void assertAllocatesNothing(String what, int calls, Runnable call) {
    allocated(WARM_UP, call);
    long bytes = allocated(calls, call);
    assertTrue(
        bytes <= calls / CALLS_PER_BYTE,
        what + ": " + bytes + " bytes in " + calls + " calls (expected: 0)");
  }

  private static long allocated(int calls, Runnable call) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < calls; i++) {
      call.run();
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}

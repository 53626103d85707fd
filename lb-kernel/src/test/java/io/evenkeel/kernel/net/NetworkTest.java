package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.net.LinkKind.Dummy;
import io.evenkeel.kernel.net.NetworkEvent.LinkChanged;
import io.evenkeel.kernel.netlink.Netlink;
import io.evenkeel.kernel.netlink.NetlinkListener;
import io.evenkeel.kernel.netlink.NetlinkTransport;
import io.evenkeel.kernel.sys.Errno;
import io.evenkeel.kernel.sys.Sys;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a network does when its kernel refuses, or there is none. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NetworkTest {
  private final FakeKernel kernel = new FakeKernel("ek0");

  @Test
  void remove_addressRefused_isTriedAgainOnClose() throws Exception {
    Network network = network(kernel);
    Address address = Address.virtual(InetAddress.getByName("10.9.0.100"), "ek0");
    network.add(address);
    kernel.refused.put(FakeKernel.DELETE_ADDRESS, Errno.EPERM);

    assertThrows(KernelException.class, () -> network.remove(address));
    kernel.asked.clear();
    network.close();

    assertTrue(kernel.asked.contains(FakeKernel.DELETE_ADDRESS), kernel.asked.toString());
  }

  @Test
  void removeLink_refused_isTriedAgainOnClose() throws Exception {
    Network network = network(kernel);
    network.add("ek0", new Dummy());
    kernel.refused.put(FakeKernel.DELETE_LINK, Errno.EPERM);

    assertThrows(KernelException.class, () -> network.removeLink("ek0"));
    kernel.asked.clear();
    network.close();

    assertTrue(kernel.asked.contains(FakeKernel.DELETE_LINK), kernel.asked.toString());
  }

  @Test
  void remove_done_isNotTriedAgainOnClose() throws Exception {
    Network network = network(kernel);
    network.add("ek0", new Dummy());
    network.removeLink("ek0");
    kernel.asked.clear();

    network.close();

    assertTrue(kernel.asked.isEmpty(), kernel.asked.toString());
  }

  @Test
  void addLink_madeButNotFound_isTakenAwayOnClose() throws Exception {
    Network network = network(kernel);
    kernel.refused.put(FakeKernel.GET_LINK, Errno.ENOMEM);

    assertThrows(KernelException.class, () -> network.add("ek0", new Dummy()));
    kernel.asked.clear();
    network.close();

    assertTrue(kernel.asked.contains(FakeKernel.DELETE_LINK), kernel.asked.toString());
  }

  @Test
  void open_notLinux_throwsWithTheCause() {
    // What is loaded while the property is wrong would stay so.
    assertNull(Sys.unavailabilityCause());
    String before = System.getProperty("os.name");
    System.setProperty("os.name", "Plan 9");
    try {
      String cause = ": os.name: Plan 9 (expected: Linux)";
      assertEquals(
          "network" + cause, assertThrows(IOException.class, () -> Network.open()).getMessage());
      assertEquals(
          "network namespace n" + cause,
          assertThrows(IOException.class, () -> NetworkNamespace.enter("n")).getMessage());
    } finally {
      System.setProperty("os.name", before);
    }
  }

  /** A name that no kernel has stands for whatever goes wrong with a message. */
  @Test
  void watch_messageThatFails_isReportedAndTheNextIsHeard() throws Exception {
    BlockingQueue<NetworkEvent> events = new LinkedBlockingQueue<>();
    BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> failures.add(e));
    Told told = new Told();
    try (Network network = network(new FakeKernel("e/0"));
        NetworkWatch watch = NetworkWatch.start(network, new NetlinkListener(told), events::add)) {
      assertEquals("e/0", changed(events).name());
      told.tell(FakeKernel.NEW_ADDRESS, "02 20 80 fe 03000000 0800 0100 0a090001");
      Throwable failure = failures.poll(30, TimeUnit.SECONDS);
      assertTrue(failure instanceof IllegalArgumentException, String.valueOf(failure));
      // What is told before that is forgotten.
      assertTrue(told.drained.await(30, TimeUnit.SECONDS));
      told.tell(
          FakeKernel.NEW_LINK,
          "00 00 0100 07000000 01000000 00000000 0800 0400 dc050000 0700 0300 6d3000 00");
      assertEquals("m0", changed(events).name());
      assertTrue(!watch.isClosed());
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  private static Link changed(BlockingQueue<NetworkEvent> events) throws InterruptedException {
    NetworkEvent event = events.poll(30, TimeUnit.SECONDS);
    assertTrue(event instanceof LinkChanged, String.valueOf(event));
    return ((LinkChanged) event).link();
  }

  private static Network network(NetlinkTransport kernel) {
    return new Network(null, false, new Netlink(kernel, Duration.ofSeconds(1), System::nanoTime));
  }

  /** What a kernel tells; as a socket it is woken by what is sent. */
  private static final class Told implements NetlinkTransport {
    private static final byte[] NOTHING = new byte[0];

    private final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
    final CountDownLatch drained = new CountDownLatch(1);

    void tell(int type, String hex) {
      byte[] payload = HexFormat.of().parseHex(hex.replace(" ", ""));
      messages.add(FakeKernel.message(type, 0, payload));
    }

    @Override
    public void send(ByteBuffer ignored) {
      messages.add(NOTHING);
    }

    @Override
    public ByteBuffer receive(boolean isPatient) throws KernelException {
      try {
        byte[] message = isPatient ? messages.take() : messages.poll();
        if (message != null) {
          return ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      drained.countDown();
      throw new KernelException("recvfrom", Errno.EAGAIN, "nothing");
    }

    @Override
    public void close() {
      // Nothing to be closed.
    }
  }
}

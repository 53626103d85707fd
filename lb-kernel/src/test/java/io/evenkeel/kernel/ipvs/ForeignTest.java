package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.kernel.sys.AddressText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What another program may have told the kernel, and this library's user would not: one such rule
 * must not make the table unreadable.
 */
class ForeignTest {
  private static final IpvsCodec CODEC = new IpvsCodec(0x1c);

  /** The kernel keeps whatever mask it is told. */
  @Test
  void service_anyNetmask_roundTrips() throws Exception {
    Random random = new Random(7);
    IpvsKey key = new IpvsMark(1, AddressFamily.IPV4);
    for (int i = 0; i < 200; i++) {
      AttributeTree tree = maskOf(key, random.nextInt() << random.nextInt(32));
      ServiceStatus status = (ServiceStatus) Answer.SERVICE.decode(tree.bytes());

      byte[] again = Recorder.payload(CODEC.change(new IpvsChange.AddService(status.service())));

      assertArrayEquals(tree.bytes(), AttributeTree.parse(again, List.of(1)).bytes());
    }
  }

  private static AttributeTree maskOf(IpvsKey key, int mask) throws IOException {
    IpvsService service =
        new IpvsService(key, "rr", Set.of(), new IpvsPersistence(300, 32, null), false);
    byte[] payload = Recorder.payload(CODEC.change(new IpvsChange.AddService(service)));
    AttributeTree tree = AttributeTree.parse(payload, List.of(1));
    ByteBuffer.wrap(tree.find(1).find(9).value).putInt(mask);
    return tree;
  }

  /** What the kernel does not look at where it is told of it, it says as it was told. */
  @Test
  void tunnel_whateverTheKernelKeeps_isRead() {
    for (int type = 0; type < 3; type++) {
      for (int port = 1; port < 3; port++) {
        for (int flags = 0; flags < 4; flags++) {
          AttributeTree tree = Answer.DESTINATION.tree();
          AttributeTree body = tree.find(2);
          body.find(13).value[0] = (byte) type;
          body.find(14).value = new byte[] {0, (byte) port};
          body.find(15).value[0] = (byte) flags;

          IpvsTunnel tunnel =
              ((DestinationStatus) Answer.DESTINATION.decode(tree.bytes())).destination().tunnel();

          assertEquals(
              List.of(type, port, flags),
              List.of(tunnel.type().ordinal(), tunnel.port(), tunnel.checksum().ordinal()));
        }
      }
    }
  }

  /** Kernels of 100 jiffies a second count that far; another program may have set 0. */
  @Test
  void service_anyTimeout_isRead() throws Exception {
    for (long timeout : new long[] {0, 4_294_968, 42_949_672}) {
      AttributeTree tree = maskOf(new IpvsMark(1, AddressFamily.IPV4), -1);
      ByteBuffer.wrap(tree.find(1).find(8).value)
          .order(ByteOrder.nativeOrder())
          .putInt((int) timeout);

      ServiceStatus status = (ServiceStatus) Answer.SERVICE.decode(tree.bytes());

      assertEquals(timeout, status.service().persistence().timeoutSeconds());
    }
  }

  @Test
  void persistence_ofNetmask_isThePrefixWhereItHasNoGaps() {
    for (int prefix = 0; prefix <= 32; prefix++) {
      int netmask = prefix == 0 ? 0 : -1 << (32 - prefix);
      assertEquals(
          new IpvsPersistence(300, prefix, "sip"), IpvsPersistence.ofNetmask(300, netmask, "sip"));
    }
    IpvsPersistence scattered = IpvsPersistence.ofNetmask(300, 0xff00ff00, null);
    assertEquals(new IpvsPersistence(300, 24, 0x00ff0000, null), scattered);
    assertEquals("255.0.255.0", scattered.mask(AddressFamily.IPV4));
    assertEquals("0.0.0.1", IpvsPersistence.ofNetmask(300, 1, null).mask(AddressFamily.IPV4));
  }

  @Test
  void persistence_gapsThatAreNone_areRefused() {
    for (int gaps : new int[] {0x100, 0x1, 0xffffff00}) {
      assertThrows(IllegalArgumentException.class, () -> new IpvsPersistence(300, 24, gaps, null));
    }
    assertThrows(IllegalArgumentException.class, () -> new IpvsPersistence(300, 0, 1, null));
    assertThrows(IllegalArgumentException.class, () -> new IpvsPersistence(300, 64, 1, null));
    IpvsPersistence scattered = IpvsPersistence.ofNetmask(300, 0xff00ff00, null);
    IpvsKey six = new IpvsMark(1, AddressFamily.IPV6);
    assertThrows(
        IllegalArgumentException.class,
        () -> new IpvsService(six, "rr", Set.of(), scattered, false));
  }

  /** A caller's own timeout is one that every kernel counts. */
  @Test
  void persistence_timeoutNotCountedByAll_isRefusedUnlessRead() {
    assertThrows(IllegalArgumentException.class, () -> new IpvsPersistence(0, 24, null));
    assertThrows(IllegalArgumentException.class, () -> new IpvsPersistence(4_294_968, 24, null));
  }

  @Test
  void write_tunnelThatNoRuleHas_isRefused() {
    for (IpvsTunnel tunnel :
        List.of(
            new IpvsTunnel(IpvsTunnel.Type.IPIP, 5, IpvsTunnel.Checksum.NONE),
            new IpvsTunnel(IpvsTunnel.Type.IPIP, 0, IpvsTunnel.Checksum.PRESENT),
            new IpvsTunnel(IpvsTunnel.Type.GRE, 5, IpvsTunnel.Checksum.NONE),
            new IpvsTunnel(IpvsTunnel.Type.GRE, 0, IpvsTunnel.Checksum.REMOTE),
            new IpvsTunnel(IpvsTunnel.Type.GUE, 5, IpvsTunnel.Checksum.BOTH))) {
      IpvsDestination server =
          new IpvsDestination(
              AddressText.parse("10.0.0.2"), 80, ForwardingMethod.TUNNEL, tunnel, 1, 0, 0);
      IpvsChange change =
          new IpvsChange.AddDestination(new IpvsMark(1, AddressFamily.IPV4), server);

      assertThrows(IllegalArgumentException.class, () -> Rules.write(change, RuleNames.NUMERIC));
    }
  }
}

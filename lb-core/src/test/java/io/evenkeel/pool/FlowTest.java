package io.evenkeel.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.evenkeel.model.Protocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class FlowTest {

  @Test
  void new_nothingSet_isTcpFromAndToNowhere() {
    Flow flow = new Flow();

    assertEquals(Protocol.TCP, flow.protocol());
    assertEquals(0, flow.clientHigh() | flow.clientLow() | flow.clientPort());
    assertEquals(0, flow.destinationHigh() | flow.destinationLow() | flow.destinationPort());
  }

  @Test
  void client_ipv4_isMappedIntoIpv6() throws Exception {
    Flow flow = new Flow().client(address(4711, 192, 0, 2, 255));

    assertEquals(0, flow.clientHigh());
    // ::ffff:c000:02ff
    assertEquals(0x0000_ffff_c000_02ffL, flow.clientLow());
    assertEquals(4711, flow.clientPort());
  }

  @Test
  void client_highestIpv4_hasNoSign() throws Exception {
    assertEquals(
        0x0000_ffff_ffff_ffffL, new Flow().client(address(1, 255, 255, 255, 255)).clientLow());
  }

  @Test
  void client_ipv6_isInNetworkOrder() throws Exception {
    Flow flow =
        new Flow()
            .client(address(65535, 0x20, 1, 0xd, 0xb8, 0, 1, 0, 2, 0xff, 0, 0, 0, 0, 0, 0, 9));

    assertEquals(0x2001_0db8_0001_0002L, flow.clientHigh());
    assertEquals(0xff00_0000_0000_0009L, flow.clientLow());
    assertEquals(65535, flow.clientPort());
  }

  @Test
  void destination_eitherFamily_isSetApartFromTheClient() throws Exception {
    Flow flow = new Flow().client(1, 2, 3).destination(address(80, 10, 0, 0, 1));

    assertEquals(0, flow.destinationHigh());
    assertEquals(0x0000_ffff_0a00_0001L, flow.destinationLow());
    assertEquals(80, flow.destinationPort());
    assertEquals(1, flow.clientHigh());
    assertEquals(2, flow.clientLow());
    assertEquals(3, flow.clientPort());
  }

  @Test
  void flow_filledAgain_forgetsWhatWas() throws Exception {
    Flow flow = new Flow().client(-1, -1, 9).destination(-1, -1, 9).protocol(Protocol.UDP);

    Flow same = flow.client(address(1, 10, 0, 0, 1)).destination(4, 5, 6);

    assertSame(flow, same);
    assertEquals(0, flow.clientHigh());
    assertEquals(4, flow.destinationHigh());
    assertEquals(5, flow.destinationLow());
    assertEquals(6, flow.destinationPort());
    assertEquals(Protocol.UDP, flow.protocol());
  }

  private static InetSocketAddress address(int port, int... bytes) throws Exception {
    byte[] address = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      address[i] = (byte) bytes[i];
    }
    return new InetSocketAddress(InetAddress.getByAddress(address), port);
  }
}

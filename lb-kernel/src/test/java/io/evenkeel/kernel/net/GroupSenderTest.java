package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class GroupSenderTest {
  private static final byte[] PACKET = {0x11, 0x22, 0x33};

  @Test
  void frame_v4_goesToTheGroupsAddressAsItIs() throws Exception {
    byte[] frame =
        GroupSender.frame(
            MacAddress.parse("00:00:5e:00:01:33"),
            InetAddress.getByName("192.0.2.1"),
            InetAddress.getByName("239.129.0.18"),
            112,
            PACKET);

    assertEquals(
        "01005e010012" + "00005e000133" + "0800" + "112233", HexFormat.of().formatHex(frame));
  }

  @Test
  void frame_v6_getsAHeader() throws Exception {
    byte[] frame =
        GroupSender.frame(
            MacAddress.parse("00:00:5e:00:02:33"),
            InetAddress.getByName("fe80::1"),
            InetAddress.getByName("ff02::12"),
            112,
            PACKET);

    assertEquals(
        "333300000012"
            + "00005e000233"
            + "86dd"
            + "6c000000"
            + "0003"
            + "70"
            + "ff"
            + "fe800000000000000000000000000001"
            + "ff020000000000000000000000000012"
            + "112233",
        HexFormat.of().formatHex(frame));
  }
}

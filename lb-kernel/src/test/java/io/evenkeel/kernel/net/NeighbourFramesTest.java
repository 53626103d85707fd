package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class NeighbourFramesTest {
  private static final MacAddress MAC = MacAddress.parse("00:00:5e:00:02:42");

  @Test
  void announcement_v4_isArpRequestForItself() throws Exception {
    assertEquals(
        "ffffffffffff 00005e000242 0806" // to everybody
            + " 0001 0800 06 04 0001" // Ethernet, IPv4, request
            + " 00005e000242 c0000209" // from 192.0.2.9
            + " 000000000000 c0000209", // for 192.0.2.9
        frame("192.0.2.9", false, 6, 12, 14, 16, 18, 19, 20, 22, 28, 32, 38));
  }

  @Test
  void announcement_v6_isUnsolicitedAdvertisementThatOverrides() throws Exception {
    String headers =
        "333300000001 00005e000242 86dd" // to all nodes
            + " 60000000 0020 3a ff" // 32 bytes of ICMPv6, hop limit 255
            + " 20010db8000000000000000000000009 ff020000000000000000000000000001";
    int[] ends = {6, 12, 14, 18, 20, 21, 22, 38, 54, 55, 56, 58, 62, 78, 80};
    // The checksums are RFC 1071 over pseudo header and message, worked out apart.
    assertEquals(
        headers
            + " 88 00 CHECK 20000000 20010db8000000000000000000000009 0201 00005e000242"
                .replace("CHECK", "9ad9"),
        frame("2001:db8::9", false, ends));
    assertEquals(
        headers
            + " 88 00 CHECK a0000000 20010db8000000000000000000000009 0201 00005e000242"
                .replace("CHECK", "1ad9"),
        frame("2001:db8::9", true, ends));
  }

  @Test
  void question_v4_isArpRequestToEverybody() throws Exception {
    byte[] frame =
        NeighbourFrames.question(
            InetAddress.getByName("192.0.2.1"), InetAddress.getByName("192.0.2.9"), MAC);

    assertEquals(
        "ffffffffffff 00005e000242 0806"
            + " 0001 0800 06 04 0001"
            + " 00005e000242 c0000209"
            + " 000000000000 c0000201",
        text(frame, 6, 12, 14, 16, 18, 19, 20, 22, 28, 32, 38));
  }

  @Test
  void question_v6_isSolicitationToTheGroupOfItsEnd() throws Exception {
    byte[] frame =
        NeighbourFrames.question(
            InetAddress.getByName("2001:db8::12:3456"), InetAddress.getByName("2001:db8::9"), MAC);

    assertEquals(
        "3333ff123456 00005e000242 86dd"
            + " 60000000 0020 3a ff"
            + " 20010db8000000000000000000000009 ff0200000000000000000001ff123456"
            + " 87 00 CHECK 00000000 20010db8000000000000000000123456 0101 00005e000242"
                .replace("CHECK", "5511"),
        text(frame, 6, 12, 14, 18, 20, 21, 22, 38, 54, 55, 56, 58, 62, 78, 80));
  }

  @Test
  void isAnswer_eachPartOfIt_counts() throws Exception {
    InetAddress v4 = InetAddress.getByName("192.0.2.1");
    byte[] arp = NeighbourFrames.question(v4, v4, MAC);
    assertFalse(NeighbourFrames.isAnswer(arp, arp.length, v4));
    arp[21] = 2;
    assertTrue(NeighbourFrames.isAnswer(arp, arp.length, v4));
    assertFalse(NeighbourFrames.isAnswer(arp, arp.length - 1, v4));
    assertFalse(NeighbourFrames.isAnswer(arp, arp.length, InetAddress.getByName("192.0.2.2")));

    InetAddress v6 = InetAddress.getByName("2001:db8::1");
    byte[] advertisement = NeighbourFrames.announcement(v6, MAC, false);
    assertTrue(NeighbourFrames.isAnswer(advertisement, advertisement.length, v6));
    assertTrue(NeighbourFrames.isAnswer(advertisement, NeighbourFrames.ANSWER_BYTES, v6));
    assertFalse(NeighbourFrames.isAnswer(advertisement, NeighbourFrames.ANSWER_BYTES - 1, v6));
    assertFalse(
        NeighbourFrames.isAnswer(
            advertisement, advertisement.length, InetAddress.getByName("2001:db8::2")));
    advertisement[21]--;
    assertFalse(NeighbourFrames.isAnswer(advertisement, advertisement.length, v6));
    byte[] question = NeighbourFrames.question(v6, v6, MAC);
    assertFalse(NeighbourFrames.isAnswer(question, question.length, v6));
  }

  /** In hexadecimal, with spaces at these places. */
  private static String frame(String address, boolean isRouter, int... ends) throws Exception {
    return text(NeighbourFrames.announcement(InetAddress.getByName(address), MAC, isRouter), ends);
  }

  private static String text(byte[] bytes, int... ends) {
    StringBuilder text = new StringBuilder();
    int from = 0;
    for (int end : ends) {
      text.append(HexFormat.of().formatHex(bytes, from, end)).append(' ');
      from = end;
    }
    return text.append(HexFormat.of().formatHex(bytes, from, bytes.length)).toString();
  }
}

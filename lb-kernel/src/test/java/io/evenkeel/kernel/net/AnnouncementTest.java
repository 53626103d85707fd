package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AnnouncementTest {
  private static final MacAddress MAC = MacAddress.parse("00:00:5e:00:02:42");

  @Test
  void of_v4_isArpRequestForItself() throws Exception {
    assertEquals(
        "ffffffffffff 00005e000242 0806" // to everybody
            + " 0001 0800 06 04 0001" // Ethernet, IPv4, request
            + " 00005e000242 c0000209" // from 192.0.2.9
            + " 000000000000 c0000209", // for 192.0.2.9
        frame("192.0.2.9", false, 6, 12, 14, 16, 18, 19, 20, 22, 28, 32, 38));
  }

  @Test
  void of_v6_isUnsolicitedAdvertisementThatOverrides() throws Exception {
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

  /** In hexadecimal, with spaces at these places. */
  private static String frame(String address, boolean isRouter, int... ends) throws Exception {
    byte[] bytes = Announcement.of(InetAddress.getByName(address), MAC, isRouter);
    StringBuilder text = new StringBuilder();
    int from = 0;
    for (int end : ends) {
      text.append(HexFormat.of().formatHex(bytes, from, end)).append(' ');
      from = end;
    }
    return text.append(HexFormat.of().formatHex(bytes, from, bytes.length)).toString();
  }
}

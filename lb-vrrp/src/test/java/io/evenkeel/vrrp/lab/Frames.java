package io.evenkeel.vrrp.lab;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Ethernet frames with advertisements of version 3 for 192.0.2.100, in hexadecimal digits. */
final class Frames {
  private static final int ETHERNET = 14;
  private static final int IPV4 = 20;

  private Frames() {}

  /** A valid one, by multicast, once a second, with keepalived's checksum. */
  static String advert(Host source, int vrid, int priority) {
    byte[] pdu = {0x31, (byte) vrid, (byte) priority, 1, 0, 100, 0, 0, (byte) 192, 0, 2, 100};
    byte[] ip = header(source, pdu.length);
    int pseudo = 112 + pdu.length;
    for (int i = 12; i < IPV4; i += 2) {
      pseudo += word(ip, i);
    }
    put(pdu, 6, checksum(pdu, pseudo));
    return frame(source, ip, pdu);
  }

  /** Of a valid one each byte of what follows the IP header with each other value. */
  static List<String> mutated(Host source, int vrid, int priority) {
    byte[] valid = HexFormat.of().parseHex(advert(source, vrid, priority));
    List<String> frames = new ArrayList<>();
    for (int i = ETHERNET + IPV4; i < valid.length; i++) {
      for (int change = 1; change < 256; change++) {
        byte[] other = valid.clone();
        other[i] ^= (byte) change;
        frames.add(HexFormat.of().formatHex(other));
      }
    }
    return frames;
  }

  /** Of any bytes and length after a valid IP header. */
  static List<String> random(Host source, int count, long seed) {
    Random random = new Random(seed);
    List<String> frames = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] any = new byte[random.nextInt(64)];
      random.nextBytes(any);
      frames.add(frame(source, header(source, any.length), any));
    }
    return frames;
  }

  private static byte[] header(Host source, int length) {
    byte[] ip = new byte[IPV4];
    ip[0] = 0x45;
    ip[1] = (byte) 0xc0;
    put(ip, 2, IPV4 + length);
    ip[8] = (byte) 255;
    ip[9] = 112;
    System.arraycopy(new byte[] {(byte) 192, 0, 2, (byte) source.number}, 0, ip, 12, 4);
    System.arraycopy(new byte[] {(byte) 224, 0, 0, 18}, 0, ip, 16, 4);
    put(ip, 10, checksum(ip, 0));
    return ip;
  }

  private static String frame(Host source, byte[] ip, byte[] pdu) {
    return "01005e000012"
        + "02000000000"
        + source.number
        + "0800"
        + HexFormat.of().formatHex(ip)
        + HexFormat.of().formatHex(pdu);
  }

  /** RFC 1071. */
  private static int checksum(byte[] bytes, int start) {
    int sum = start;
    for (int i = 0; i < bytes.length; i += 2) {
      sum += word(bytes, i);
    }
    while (sum > 0xffff) {
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return ~sum & 0xffff;
  }

  private static int word(byte[] bytes, int at) {
    return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
  }

  private static void put(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >> 8);
    bytes[at + 1] = (byte) value;
  }
}

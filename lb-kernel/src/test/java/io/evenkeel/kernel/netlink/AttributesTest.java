package io.evenkeel.kernel.netlink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes of a little-endian machine, as the lab's is. */
class AttributesTest {
  @Test
  void parse_everyKind_isReadBack() {
    MessageWriter writer = new MessageWriter();
    writer
        .u8(1, 0xfe)
        .u16(2, 0xfedc)
        .u32(3, 0xfedcba98L)
        .be16(4, 0x1234)
        .bytes(5, new byte[] {1, 2, 3})
        .string(6, "wlc")
        .nested(300, () -> writer.u32(1, 9).string(2, ""));

    Attributes read = Attributes.parse(writer.written());

    assertEquals(0xfe, read.u8(1));
    assertEquals(0xfedc, read.u16(2));
    assertEquals(0xfedcba98L, read.u32(3));
    assertEquals(0x1234, read.be16(4));
    assertArrayEquals(new byte[] {1, 2, 3}, read.bytes(5));
    assertArrayEquals(new byte[] {1, 2, 3}, read.bytes(5, 3));
    assertEquals("wlc", read.string(6));
    assertEquals(9, read.nested(300).u32(1));
    assertEquals("", read.nested(300).string(2));
    assertTrue(read.has(300));
    assertFalse(read.has(7));
    assertFalse(read.has(301));
  }

  @Test
  void written_everyKind_isAlignedToFour() {
    MessageWriter writer = new MessageWriter();
    writer.u8(1, 7).string(2, "rr").nested(3, () -> writer.be16(4, 80));

    assertEquals(
        "0500010007000000" + "0700020072720000" + "0c000380" + "0600040000500000",
        hex(writer.written()));
  }

  @Test
  void written_moreThanItsRoom_grows() {
    MessageWriter writer = new MessageWriter();
    for (int i = 0; i < 10_000; i++) {
      writer.u32(1 + i % 100, i);
    }

    assertEquals(80_000, writer.size());
    assertEquals(9_999, Attributes.parse(writer.written()).u32(100));
  }

  @Test
  void written_tooLongForAnAttribute_isRefused() {
    MessageWriter writer = new MessageWriter();
    assertThrows(IllegalArgumentException.class, () -> writer.bytes(1, new byte[0xfffc]));
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.nested(1, () -> writer.bytes(2, new byte[40_000]).bytes(3, new byte[40_000])));
  }

  @Test
  void u64_eightBytes_isUnsigned() {
    assertEquals(-1, parse("0c000100ffffffffffffffff").u64(1));
  }

  @Test
  void parse_flagsOfTheType_areLeftOut() {
    assertEquals(7, parse("0500018007000000").u8(1));
    assertEquals(7, parse("0500014007000000").u8(1));
  }

  @Test
  void parse_twice_theLastCounts() {
    assertEquals(8, parse("0500010007000000" + "0500010008000000").u8(1));
  }

  @Test
  void parse_lastWithoutPadding_isRead() {
    assertEquals(7, parse("0500010007").u8(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "04",
        "0400",
        "040001",
        "0300010000",
        "0000010000000000",
        "0900010007000000",
        "ffff010007000000"
      })
  void parse_wrongLength_isMalformed(String hex) {
    assertThrows(MalformedException.class, () -> parse(hex));
  }

  @Test
  void value_ofAnotherLength_isMalformed() {
    Attributes read = parse("0700010001020300" + "04000200");
    assertThrows(MalformedException.class, () -> read.u8(1));
    assertThrows(MalformedException.class, () -> read.u16(1));
    assertThrows(MalformedException.class, () -> read.be16(1));
    assertThrows(MalformedException.class, () -> read.u32(1));
    assertThrows(MalformedException.class, () -> read.u64(1));
    assertThrows(MalformedException.class, () -> read.bytes(1, 4));
    assertThrows(MalformedException.class, () -> read.string(1));
    assertThrows(MalformedException.class, () -> read.nested(1));
    assertThrows(MalformedException.class, () -> read.u8(2));
    assertThrows(MalformedException.class, () -> read.string(2));
    assertThrows(MalformedException.class, () -> read.u8(3));
    assertThrows(MalformedException.class, () -> read.bytes(3));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0f000000" + "2000" + "0000" + "01000000" + "00000000",
        "11000000" + "2000" + "0000" + "01000000" + "00000000",
        "ffffffff" + "2000" + "0000" + "01000000" + "00000000",
        "00000080" + "2000" + "0000" + "01000000" + "00000000",
        "10000000" + "2000" + "0000" + "01000000" + "000000"
      })
  void next_wrongMessageLength_isMalformed(String hex) {
    assertThrows(MalformedException.class, () -> message(hex));
  }

  @Test
  void errno_wrongCode_isMalformed() {
    String error = "0200" + "0000" + "01000000" + "00000000";
    assertEquals(3, message("14000000" + error + "fdffffff").errno());
    assertThrows(MalformedException.class, () -> message("14000000" + error + "01000000").errno());
    assertThrows(MalformedException.class, () -> message("14000000" + error + "00000080").errno());
    assertThrows(MalformedException.class, () -> message("13000000" + error + "010000").errno());
  }

  /** NLMSGERR_ATTR_MSG behind the code and the header of what was refused. */
  @Test
  void explanation_ofAnError_isTheKernelsSentence() {
    String sentence = "0b000100" + "6e6f2077617900" + "00";
    String capped = "0200" + "0003" + "01000000" + "00000000" + "eaffffff" + "00".repeat(16);
    assertEquals("no way", message("30000000" + capped + sentence).explanation());
    assertEquals("", message("24000000" + capped.replaceFirst("0003", "0001")).explanation());
    assertThrows(
        MalformedException.class,
        () -> message("30000000" + capped + "ff" + sentence.substring(2)).explanation());
  }

  private static NetlinkMessage message(String hex) {
    return NetlinkMessage.next(bytes(hex));
  }

  private static Attributes parse(String hex) {
    return Attributes.parse(bytes(hex));
  }

  private static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String hex(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return HexFormat.of().formatHex(copy);
  }
}

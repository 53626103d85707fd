package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.pool.Flow;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelHashTest {

  /** The bytes 0, 1, 2, 3 under the key 0 to 15: lib/test_siphash.c, for 64-bit machines. */
  @Test
  void sip13_theKernelsOwnVector_isMet() {
    assertEquals(
        0x88d3_8328, KernelHash.sip13(0x0302_0100, 0x0706_0504_0302_0100L, 0x0f0e_0d0c_0b0a_0908L));
  }

  /** Of the paper's appendix, and of lib/test_siphash.c: messages 0, 1, 2 and so on. */
  @Test
  void sipHash_publishedVectors_areMet() {
    assertEquals(0xa129_ca61_49be_45e5L, SipHash.of(upTo(15), upTo(16), 2, 4));
    assertEquals(0x726f_db47_dd0e_0e31L, SipHash.of(upTo(0), upTo(16), 2, 4));
    assertEquals(0x88d3_8328, (int) SipHash.of(upTo(4), upTo(16), 1, 3));
    assertEquals(0x8d29_9a8e, (int) SipHash.of(upTo(8), upTo(16), 1, 3));
    assertEquals(0xb7bb_b3a8, (int) SipHash.of(upTo(63), upTo(16), 1, 3));
  }

  private static byte[] upTo(int end) {
    byte[] bytes = new byte[end];
    for (int i = 0; i < end; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  @Test
  void multiplied_byHand_isTheUpperPart() {
    // 1 * 0x61c88647; its upper 8 bits, its upper 10 bits (0x61c8 >> 6).
    assertEquals(0x61, KernelHash.multiplied(1, 8));
    assertEquals(0x187, KernelHash.multiplied(1, 10));
    // 3 * 0x61c88647 = 0x1 2559 92d5, of which 32 bits stay.
    assertEquals(0x25, KernelHash.multiplied(3, 8));
    // 2 * 0x61c88647 = 0xc3910c8e: not negative after the shift.
    assertEquals(0xc3, KernelHash.multiplied(2, 8));
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, 0a010203",
    "255.255.255.255, ffffffff",
    // 20010db8 ^ 0 ^ 0 ^ 1
    "2001:db8::1, 20010db9",
    // fe800000 ^ 00010002 ^ 00030004 ^ 00050006
    "fe80::1:2:3:4:5:6, fe870000",
    // Not IPv4: 1 ^ 0 ^ 0000ffff ^ 0a010203
    "0:1::ffff:a01:203, 0a01fdfd"
  })
  void fold_anAddress_isTheXorOfItsWords(String address, String expected) throws Exception {
    InetAddress parsed = InetAddress.getByName(address);
    Flow flow = new Flow().client(new InetSocketAddress(parsed, 1));

    assertEquals(expected, "%08x".formatted(KernelHash.fold(parsed)));
    assertEquals(expected, "%08x".formatted(KernelHash.fold(flow.clientHigh(), flow.clientLow())));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 250, 251, 4092, 4093, 65536, 65537, 131070, 131071, 16777213})
  void remainder_anyDividend_isThatOfTheDivision(int divisor) {
    Remainder remainder = new Remainder(divisor);
    SplittableRandom random = new SplittableRandom(divisor);
    for (int i = 0; i < 100_000; i++) {
      int dividend = i < 100 ? i - 50 : i < 200 ? divisor * i : random.nextInt();
      assertEquals(Integer.remainderUnsigned(dividend, divisor), remainder.of(dividend));
      assertEquals(Integer.remainderUnsigned(dividend - 1, divisor), remainder.of(dividend - 1));
    }
  }
}

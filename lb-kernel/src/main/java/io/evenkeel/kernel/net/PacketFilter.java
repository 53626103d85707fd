package io.evenkeel.kernel.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/** Programs by which the kernel picks a socket's packets (linux/filter.h). Pure. */
final class PacketFilter {
  private static final int INSTRUCTION_BYTES = 8;
  private static final int BEFORE_THE_VALUES = 6;

  private static final int LOAD_X_IPV4_HEADER_BYTES = 0xb1;
  private static final int LOAD_X = 0x01;
  private static final int LOAD_LENGTH = 0x80;
  private static final int SUBTRACT_X = 0x1c;
  private static final int IF_GREATER = 0x25;
  private static final int LOAD_BYTE = 0x30;
  private static final int LOAD_BYTE_BEHIND_X = 0x50;
  private static final int IF_EQUAL = 0x15;
  private static final int RETURN = 0x06;

  private static final int WHOLE = -1;
  private static final int NOTHING = 0;

  private PacketFilter() {}

  /**
   * Takes packets by one of their bytes, and all that are too short to have it.
   *
   * @param offset of the byte behind the IP header: of IPv6 the kernel shows none
   * @param values that are taken, 0..255
   */
  static byte[] byteAt(boolean isV6, int offset, Set<Integer> values) {
    int instructions = BEFORE_THE_VALUES + 2 * values.size() + 1;
    ByteBuffer program =
        ByteBuffer.allocate(instructions * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
    put(program, isV6 ? LOAD_X : LOAD_X_IPV4_HEADER_BYTES, 0, 0, 0);
    put(program, LOAD_LENGTH, 0, 0, 0);
    put(program, SUBTRACT_X, 0, 0, 0);
    put(program, IF_GREATER, 1, 0, offset);
    put(program, RETURN, 0, 0, WHOLE);
    put(program, LOAD_BYTE_BEHIND_X, 0, 0, offset);
    for (int value : values) {
      put(program, IF_EQUAL, 0, 1, value);
      put(program, RETURN, 0, 0, WHOLE);
    }
    put(program, RETURN, 0, 0, NOTHING);
    return program.array();
  }

  /** Takes frames of ICMPv6 that are neighbour advertisements. */
  static byte[] advertisements() {
    ByteBuffer program = ByteBuffer.allocate(6 * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
    put(program, LOAD_BYTE, 0, 0, NeighbourFrames.NEXT_HEADER_AT);
    put(program, IF_EQUAL, 0, 3, NeighbourFrames.ICMPV6);
    put(program, LOAD_BYTE, 0, 0, NeighbourFrames.ICMPV6_AT);
    put(program, IF_EQUAL, 0, 1, NeighbourFrames.ADVERTISEMENT);
    put(program, RETURN, 0, 0, WHOLE);
    put(program, RETURN, 0, 0, NOTHING);
    return program.array();
  }

  /** An instruction; a condition says how many it skips if it is so, and if it is not. */
  private static void put(ByteBuffer program, int code, int ifSo, int ifNot, int operand) {
    program.putShort((short) code).put((byte) ifSo).put((byte) ifNot).putInt(operand);
  }
}

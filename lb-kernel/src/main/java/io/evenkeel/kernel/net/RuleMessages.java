package io.evenkeel.kernel.net;

import io.evenkeel.kernel.netlink.Attributes;
import io.evenkeel.kernel.netlink.MalformedException;
import io.evenkeel.kernel.netlink.MessageWriter;
import io.evenkeel.kernel.netlink.Request;
import io.evenkeel.kernel.sys.Sys;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Policy rules in rtnetlink's words (struct fib_rule_hdr, FRA_*). Pure. */
final class RuleMessages {
  private static final int NEW = 32;
  private static final int DELETE = 33;
  private static final int GET = 34;
  private static final int HEADER_BYTES = 12;

  private static final int TO = 1;
  private static final int FROM = 2;
  private static final int DEVICE = 3;
  private static final int PRIORITY = 6;
  private static final int MARK = 10;
  private static final int TABLE = 15;
  private static final int MASK = 16;

  /**
   * By which rules tell packets apart that no {@link Rule} does: a tunnel's number, the device they
   * leave by, a VRF, the user, the protocol, both ports.
   */
  private static final List<Integer> OTHERS = List.of(12, 17, 19, 20, 22, 23, 24);

  private static final int TO_TABLE = 1;
  private static final int FLAG_INVERTED = 2;
  private static final int MAX_BYTE = 255;

  /** RT_TABLE_UNSPEC: the attribute has it. */
  private static final int TABLE_ELSEWHERE = 0;

  private RuleMessages() {}

  static Request list() {
    return new Request(
        "rules", GET, 0, writer -> writer.header(HEADER_BYTES).put(new byte[HEADER_BYTES]));
  }

  /** Adds it; fails if it is there. */
  static Request add(Rule rule) {
    return new Request(
        "rule " + rule, NEW, Request.CREATE | Request.EXCLUSIVE, writer -> write(writer, rule));
  }

  /** Takes the first away that is like this in all that it says. */
  static Request remove(Rule rule) {
    return new Request("rule " + rule, DELETE, 0, writer -> write(writer, rule));
  }

  private static void write(MessageWriter writer, Rule rule) {
    writer
        .header(HEADER_BYTES)
        .put((byte) (rule.isV6() ? Sys.AF_INET6 : Sys.AF_INET))
        .put((byte) prefix(rule.to()))
        .put((byte) prefix(rule.from()))
        .put((byte) 0)
        .put((byte) (rule.table() <= MAX_BYTE ? rule.table() : TABLE_ELSEWHERE))
        .put((byte) 0)
        .put((byte) 0)
        .put((byte) TO_TABLE)
        .putInt(0);
    write(writer, TO, rule.to());
    write(writer, FROM, rule.from());
    String device = rule.device();
    if (device != null) {
      writer.string(DEVICE, device);
    }
    writer.u32(PRIORITY, rule.priority());
    if (rule.mask() != 0) {
      writer.u32(MARK, rule.mark()).u32(MASK, rule.mask());
    }
    writer.u32(TABLE, rule.table());
  }

  private static void write(MessageWriter writer, int attribute, @Nullable Subnet subnet) {
    if (prefix(subnet) > 0 && subnet != null) {
      writer.bytes(attribute, subnet.address().getAddress());
    }
  }

  private static int prefix(@Nullable Subnet subnet) {
    return subnet == null ? 0 : subnet.prefix();
  }

  /** Whether a message tells of this rule and of no more than it says. */
  static boolean isSame(ByteBuffer message, Rule rule) {
    if (message.remaining() < HEADER_BYTES) {
      throw new MalformedException(
          "fib_rule_hdr: "
              + message.remaining()
              + " bytes (expected: "
              + HEADER_BYTES
              + " or more)");
    }
    Attributes attributes =
        Attributes.parse(message.slice(HEADER_BYTES, message.remaining() - HEADER_BYTES));
    String device = rule.device();
    return message.get(0) == (rule.isV6() ? Sys.AF_INET6 : Sys.AF_INET)
        && message.get(3) == 0
        && message.get(7) == TO_TABLE
        && (message.getInt(8) & FLAG_INVERTED) == 0
        && OTHERS.stream().noneMatch(attributes::has)
        && isSame(attributes, TO, message.get(1), rule.to())
        && isSame(attributes, FROM, message.get(2), rule.from())
        && (device == null
            ? !attributes.has(DEVICE)
            : attributes.has(DEVICE) && attributes.string(DEVICE).equals(device))
        && number(attributes, PRIORITY) == rule.priority()
        && number(attributes, MARK) == rule.mark()
        && number(attributes, MASK) == rule.mask()
        && number(attributes, TABLE) == rule.table();
  }

  private static boolean isSame(
      Attributes attributes, int attribute, byte prefix, @Nullable Subnet subnet) {
    return (prefix & 0xff) == prefix(subnet)
        && (prefix == 0
            || subnet == null
            || Arrays.equals(attributes.bytes(attribute), subnet.address().getAddress()));
  }

  private static long number(Attributes attributes, int attribute) {
    return attributes.has(attribute) ? attributes.u32(attribute) : 0;
  }
}

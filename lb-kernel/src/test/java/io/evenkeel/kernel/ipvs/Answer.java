package io.evenkeel.kernel.ipvs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** The kernel's answers, how they are decoded, and what of them is nested or may be missing. */
record Answer(
    String name,
    Function<ByteBuffer, Object> decoder,
    List<Integer> nested,
    Set<Integer> optional) {
  static final Answer SERVICE =
      new Answer("service", IpvsCodec::service, List.of(1, 110, 112), Set.of(6, 12, 10));
  static final Answer MARK =
      new Answer("mark", IpvsCodec::service, List.of(1, 110, 112), Set.of(6, 12, 10, 8, 9));
  static final Answer DESTINATION =
      new Answer(
          "destination",
          payload -> IpvsCodec.destination(payload, AddressFamily.IPV6),
          List.of(2, 110, 112),
          Set.of(10, 11, 12, 13));
  static final Answer DIRECT =
      new Answer(
          "direct",
          payload -> IpvsCodec.destination(payload, AddressFamily.IPV6),
          List.of(2, 110, 112),
          Set.of(10, 11, 12, 13, 14, 15));
  static final Answer DAEMON =
      new Answer("daemon", IpvsCodec::daemon, List.of(3), Set.of(4, 5, 6, 7, 8));
  static final Answer CONFIG = new Answer("config", IpvsCodec::timeouts, List.of(), Set.of());
  static final Answer INFO = new Answer("info", IpvsCodec::info, List.of(), Set.of());

  @Override
  public String toString() {
    return name;
  }

  byte[] bytes() {
    try (InputStream input = Answer.class.getResourceAsStream("answers.txt")) {
      String text =
          new String(Objects.requireNonNull(input).readAllBytes(), StandardCharsets.US_ASCII);
      return text.lines()
          .filter(line -> line.startsWith(name + " "))
          .map(line -> HexFormat.of().parseHex(line.split(" ", 2)[1]))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  AttributeTree tree() {
    return AttributeTree.parse(bytes(), nested);
  }

  Object decode(byte[] bytes) {
    return decoder.apply(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()));
  }

  /** Where the attributes are that are no statistics. */
  AttributeTree body(AttributeTree root) {
    return nested.isEmpty() ? root : root.children.get(0);
  }
}

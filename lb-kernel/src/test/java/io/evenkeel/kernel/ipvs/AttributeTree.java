package io.evenkeel.kernel.ipvs;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Attributes that a test takes apart, changes and puts together again; little-endian. */
final class AttributeTree {
  final int type;
  byte[] value;
  final List<AttributeTree> children = new ArrayList<>();

  AttributeTree(int type, byte... value) {
    this.type = type;
    this.value = value;
  }

  /** Behind a generic netlink header; {@code nested} are the types that have attributes. */
  static AttributeTree parse(byte[] payload, List<Integer> nested) {
    AttributeTree root = new AttributeTree(-1, Arrays.copyOf(payload, 4));
    fill(root, Arrays.copyOfRange(payload, 4, payload.length), nested, 0);
    return root;
  }

  private static void fill(AttributeTree parent, byte[] bytes, List<Integer> nested, int depth) {
    for (int at = 0; at < bytes.length; ) {
      int length = (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
      int type = (bytes[at + 2] & 0xff) | (bytes[at + 3] & 0x3f) << 8;
      AttributeTree child = new AttributeTree(type, Arrays.copyOfRange(bytes, at + 4, at + length));
      parent.children.add(child);
      // At depth 0 the command's, below that the statistics.
      if (nested.contains(depth * 100 + type)) {
        fill(child, child.value, nested, depth + 1);
        child.value = new byte[0];
      }
      at += (length + 3) & ~3;
    }
  }

  byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(value);
    for (AttributeTree child : children) {
      byte[] content = child.bytes();
      int length = content.length + 4;
      out.writeBytes(
          new byte[] {
            (byte) length, (byte) (length >> 8), (byte) child.type, (byte) (child.type >> 8)
          });
      out.writeBytes(content);
      out.writeBytes(new byte[-length & 3]);
    }
    return out.toByteArray();
  }

  /** The first with this type below this. */
  AttributeTree find(int wanted) {
    return children.stream().filter(child -> child.type == wanted).findFirst().orElseThrow();
  }
}

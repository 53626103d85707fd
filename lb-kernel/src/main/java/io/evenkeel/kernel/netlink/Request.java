package io.evenkeel.kernel.netlink;

import java.util.function.Consumer;

/**
 * What is asked of the kernel.
 *
 * @param command its name, for errors
 * @param type of the message: the family's number, with generic netlink
 * @param flags besides those of the exchange: NLM_F_CREATE and the like
 * @param body writes what follows the header; may be called more than once
 */
public record Request(String command, int type, int flags, Consumer<MessageWriter> body) {
  /** Replaces what is there. */
  public static final int REPLACE = 0x100;

  /** Fails if it is there. */
  public static final int EXCLUSIVE = 0x200;

  /** Makes it if it is not there. */
  public static final int CREATE = 0x400;

  static final int REQUEST = 1;
  static final int ACK = 4;
  static final int DUMP = 0x300;

  void write(MessageWriter writer, int moreFlags, int sequence) {
    int start = writer.begin(type, REQUEST | flags | moreFlags, sequence);
    body.accept(writer);
    writer.end(start);
  }
}

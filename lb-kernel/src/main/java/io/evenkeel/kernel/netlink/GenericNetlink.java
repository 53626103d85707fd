package io.evenkeel.kernel.netlink;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import java.io.IOException;

/** The families of generic netlink, which have names (linux/genetlink.h). */
public final class GenericNetlink {
  private static final int CONTROLLER = 0x10;
  private static final int GET_FAMILY = 3;
  private static final int FAMILY_ID = 1;
  private static final int FAMILY_NAME = 2;
  private static final int HEADER_BYTES = 4;

  private GenericNetlink() {}

  /**
   * The number that the kernel has given a family.
   *
   * @param netlink a socket of {@link Netlink#GENERIC}
   * @param name of the family
   * @return the type of its messages
   * @throws KernelException ENOENT: the kernel does not have it, nor a module that does
   * @throws IOException if the kernel does not answer
   */
  public static int family(Netlink netlink, String name) throws IOException {
    Request request =
        new Request(
            "find family " + name,
            CONTROLLER,
            0,
            writer -> {
              writer.header(HEADER_BYTES).put((byte) GET_FAMILY).put((byte) 1).putShort((short) 0);
              writer.string(FAMILY_NAME, name);
            });
    Integer number =
        netlink.get(
            request,
            payload -> {
              if (payload.remaining() < HEADER_BYTES) {
                throw new MalformedException(
                    "generic netlink header: " + payload.remaining() + " bytes (expected: 4)");
              }
              return Attributes.parse(
                      payload.slice(HEADER_BYTES, payload.remaining() - HEADER_BYTES))
                  .u16(FAMILY_ID);
            });
    if (number == null) {
      throw new KernelException(request.command(), Errno.EBADMSG, "acknowledged without a number");
    }
    return number;
  }
}

package io.evenkeel.kernel.netlink;

import io.evenkeel.kernel.KernelException;
import java.nio.ByteBuffer;

/** Datagrams to and from the kernel's netlink. Used by one thread at a time. */
public interface NetlinkTransport extends AutoCloseable {

  /**
   * Sends one datagram, which may hold several messages.
   *
   * @param messages from position to limit, in the machine's byte order
   * @throws KernelException if the kernel does not take it; EAGAIN: not within the time-out
   */
  void send(ByteBuffer messages) throws KernelException;

  /**
   * Receives one datagram of the kernel.
   *
   * @param isPatient whether to wait for one, up to the time-out
   * @return what came, in the machine's byte order; overwritten by the next call
   * @throws KernelException if there is none: EAGAIN: not within the time-out; EINTR: a signal
   *     ended the waiting; ENOBUFS: some were lost; EMSGSIZE: it was longer than the room for it
   */
  ByteBuffer receive(boolean isPatient) throws KernelException;

  @Override
  void close();
}

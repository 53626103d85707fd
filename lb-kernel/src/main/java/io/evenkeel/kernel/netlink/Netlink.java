package io.evenkeel.kernel.netlink;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import io.evenkeel.kernel.sys.Sys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests to the kernel and their answers, over one socket, one request or batch at a time.
 *
 * <p>Answers to earlier requests, which were given up, are passed over. Dumps that were interrupted
 * by a change (NLM_F_DUMP_INTR) or of which the kernel lost a part (ENOBUFS) are asked for again.
 * Thread-safe.
 */
public final class Netlink implements AutoCloseable {
  /** Links, addresses, routes, neighbours. */
  public static final int ROUTE = 0;

  /** Families that are known by name. */
  public static final int GENERIC = 16;

  /** How long the kernel may be silent before its answer has ended, unless said otherwise. */
  public static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final int MOST_TRIES = 10;

  /** The kernel answers to all of a datagram before it returns from the call that sends it. */
  private static final int BATCH_BYTES = 32 * 1024;

  private static final int MOST_IN_BATCH = 256;

  private final NetlinkTransport transport;
  private final long timeoutNanos;
  private final LongSupplier nanoTime;
  private final MessageWriter writer = new MessageWriter();
  private int sequence;
  private boolean closed;

  /**
   * Over a transport of one's own.
   *
   * @param transport closed with this
   * @param timeout how long the kernel may be silent before its answer has ended
   * @param nanoTime a clock as {@link System#nanoTime()}
   */
  public Netlink(NetlinkTransport transport, Duration timeout, LongSupplier nanoTime) {
    this.transport = transport;
    this.timeoutNanos = timeout.toNanos();
    this.nanoTime = nanoTime;
  }

  /**
   * Opens a socket in the calling thread's network namespace.
   *
   * @param protocol {@link #ROUTE} or {@link #GENERIC}
   * @return to be closed
   * @throws KernelException if there is no such socket to be had
   */
  public static Netlink open(int protocol) throws KernelException {
    return new Netlink(new NetlinkSocket(protocol, TIMEOUT, new int[0]), TIMEOUT, System::nanoTime);
  }

  /**
   * One request of a batch that was refused.
   *
   * @param index which, from 0
   * @param cause why
   */
  public record Failure(int index, KernelException cause) {}

  /**
   * Carries out a request.
   *
   * @param request to be acknowledged
   * @throws IOException a {@link KernelException}: it is refused; ETIMEDOUT: the kernel does not
   *     answer
   */
  public void execute(Request request) throws IOException {
    List<Failure> failures = batch(List.of(request));
    if (!failures.isEmpty()) {
      throw failures.get(0).cause();
    }
  }

  /**
   * Carries out many requests with few system calls, in order, each whatever became of those before
   * it.
   *
   * @param requests each is carried out or refused
   * @return those that were refused, in order
   * @throws IOException a {@link KernelException}; ETIMEDOUT: the kernel does not answer: what
   *     became of the rest is not known
   */
  public synchronized List<Failure> batch(List<Request> requests) throws IOException {
    List<Failure> failures = new ArrayList<>();
    for (int first = 0; first < requests.size(); ) {
      writer.clear();
      int firstSequence = sequence + 1;
      int next = first;
      while (next < requests.size()
          && next - first < MOST_IN_BATCH
          && (next == first || writer.size() < BATCH_BYTES)) {
        // An error is told in any case, other than EINTR.
        requests.get(next).write(writer, 0, ++sequence);
        next++;
      }
      // That all are done is told of nothing, which cannot fail: what the kernel answers with EINTR
      // it never acknowledges, such as the end of a daemon that had not run yet.
      writer.end(writer.begin(NetlinkMessage.NOOP, Request.REQUEST | Request.ACK, ++sequence));
      send(requests.get(first));
      acknowledged(requests.subList(first, next), first, firstSequence, failures);
      first = next;
    }
    return failures;
  }

  /**
   * Asks for one thing.
   *
   * @param request to be answered with one message
   * @param decoder of what follows the message's header
   * @param <T> what it is
   * @return the answer; null: it was acknowledged without one
   * @throws KernelException if it is refused, or the answer is malformed
   * @throws IOException a {@link KernelException}, too: ETIMEDOUT: the kernel does not answer
   */
  public synchronized <T> @Nullable T get(Request request, Function<ByteBuffer, T> decoder)
      throws IOException {
    List<T> found = again(request, decoder, this::getOnce);
    return found.isEmpty() ? null : found.get(0);
  }

  private <T> List<T> getOnce(Request request, Function<ByteBuffer, T> decoder) throws IOException {
    writer.clear();
    request.write(writer, Request.ACK, ++sequence);
    send(request);
    List<T> found = new ArrayList<>();
    exchange(
        request,
        message -> {
          if (message.type() == NetlinkMessage.ERROR) {
            refuse(request, message);
            return true;
          }
          if (message.type() == NetlinkMessage.DONE || !found.isEmpty()) {
            throw new MalformedException(
                "message type: " + message.type() + " (expected: one answer and its end)");
          }
          found.add(decoder.apply(message.payload()));
          return false;
        });
    return found;
  }

  /**
   * Asks for all of a kind.
   *
   * @param request to be answered with many messages
   * @param decoder of what follows a message's header
   * @param <T> what one is
   * @return all, as they were at one time as far as the kernel says
   * @throws KernelException if it is refused, an answer is malformed, or it was interrupted by
   *     changes again and again (EINTR) or kept losing parts (ENOBUFS)
   * @throws IOException a {@link KernelException}, too: ETIMEDOUT: the kernel does not answer
   */
  public synchronized <T> List<T> dump(Request request, Function<ByteBuffer, T> decoder)
      throws IOException {
    return again(request, decoder, this::dumpOnce);
  }

  /**
   * Asks for all of a kind where the kernel does not say that it was interrupted: what comes twice
   * shows that something was added meanwhile.
   *
   * @param request to be answered with many messages
   * @param decoder of what follows a message's header
   * @param identity what no two have in common
   * @param <T> what one is
   * @return all; what was behind one that was deleted meanwhile may be missing, if the answer has
   *     more than 32 KiB
   * @throws KernelException if it is refused, an answer is malformed, or it was interrupted by
   *     changes again and again (EINTR) or kept losing parts (ENOBUFS)
   * @throws IOException a {@link KernelException}, too: ETIMEDOUT: the kernel does not answer
   */
  public synchronized <T> List<T> dump(
      Request request, Function<ByteBuffer, T> decoder, Function<T, Object> identity)
      throws IOException {
    return again(
        request,
        decoder,
        (asked, decoding) -> {
          List<T> found = dumpOnce(asked, decoding);
          Set<Object> seen = new HashSet<>(2 * found.size());
          for (T one : found) {
            if (!seen.add(identity.apply(one))) {
              throw failure(asked, Errno.EINTR);
            }
          }
          return found;
        });
  }

  /** One way to ask. */
  private interface Question<T> {
    List<T> ask(Request request, Function<ByteBuffer, T> decoder) throws IOException;
  }

  /** What only asks may be asked again. */
  private static <T> List<T> again(
      Request request, Function<ByteBuffer, T> decoder, Question<T> question) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        return question.ask(request, decoder);
      } catch (KernelException e) {
        boolean isPassing =
            e.errno() == Errno.EINTR || e.errno() == Errno.ENOBUFS || e.errno() == Errno.EBUSY;
        if (!isPassing || tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  private <T> List<T> dumpOnce(Request request, Function<ByteBuffer, T> decoder)
      throws IOException {
    writer.clear();
    request.write(writer, Request.DUMP, ++sequence);
    send(request);
    List<T> found = new ArrayList<>();
    boolean[] interrupted = {false};
    exchange(
        request,
        message -> {
          interrupted[0] |= message.is(NetlinkMessage.FLAG_DUMP_INTERRUPTED);
          if (message.type() == NetlinkMessage.ERROR || message.type() == NetlinkMessage.DONE) {
            refuse(request, message);
            if (message.type() == NetlinkMessage.ERROR) {
              throw new MalformedException("acknowledgement (expected: the end of a list)");
            }
            return true;
          }
          found.add(decoder.apply(message.payload()));
          return false;
        });
    if (interrupted[0]) {
      throw failure(request, Errno.EINTR);
    }
    return found;
  }

  /** What is made of the messages that answer one request. */
  private interface Answer {
    boolean isLast(NetlinkMessage message) throws KernelException;
  }

  private void acknowledged(
      List<Request> requests, int firstIndex, int firstSequence, List<Failure> failures)
      throws IOException {
    Request last = requests.get(requests.size() - 1);
    long deadline = deadline();
    while (true) {
      ByteBuffer datagram = receive(last, deadline);
      try {
        while (datagram.hasRemaining()) {
          NetlinkMessage message = NetlinkMessage.next(datagram);
          int index = message.sequence() - firstSequence;
          if (index < 0 || index > requests.size()) {
            continue;
          }
          deadline = deadline();
          if (message.type() != NetlinkMessage.ERROR) {
            throw new MalformedException(
                "message type: " + message.type() + " (expected: " + NetlinkMessage.ERROR + ")");
          }
          if (index == requests.size()) {
            refuse(last, message);
            return;
          }
          if (message.errno() != 0) {
            failures.add(new Failure(firstIndex + index, failure(requests.get(index), message)));
          }
        }
      } catch (MalformedException e) {
        drain();
        throw malformed(last, e);
      }
    }
  }

  private void exchange(Request request, Answer answer) throws IOException {
    long deadline = deadline();
    while (true) {
      ByteBuffer datagram = receive(request, deadline);
      try {
        while (datagram.hasRemaining()) {
          NetlinkMessage message = NetlinkMessage.next(datagram);
          if (message.sequence() != sequence || message.type() == NetlinkMessage.NOOP) {
            continue;
          }
          deadline = deadline();
          if (answer.isLast(checked(message))) {
            return;
          }
        }
      } catch (MalformedException e) {
        drain();
        throw malformed(request, e);
      }
    }
  }

  private static NetlinkMessage checked(NetlinkMessage message) {
    int type = message.type();
    if (type < NetlinkMessage.MIN_TYPE
        && type != NetlinkMessage.ERROR
        && type != NetlinkMessage.DONE) {
      throw new MalformedException("message type: " + type + " (expected: an answer's)");
    }
    return message;
  }

  private void send(Request request) throws IOException {
    if (closed) {
      throw new KernelException(request.command(), Errno.EBADF, "closed");
    }
    try {
      transport.send(writer.written());
    } catch (KernelException e) {
      throw failure(request, e);
    }
  }

  private long deadline() {
    return nanoTime.getAsLong() + timeoutNanos;
  }

  private ByteBuffer receive(Request request, long deadline) throws IOException {
    while (nanoTime.getAsLong() - deadline <= 0) {
      try {
        return transport.receive(true);
      } catch (KernelException e) {
        if (e.errno() != Errno.EINTR) {
          drain();
          throw failure(request, e);
        }
      }
    }
    drain();
    throw failure(request, Errno.ETIMEDOUT);
  }

  /** What is left of an answer: a dump that has not ended would be in the next one's way. */
  private void drain() {
    long deadline = deadline();
    while (nanoTime.getAsLong() - deadline < 0) {
      try {
        transport.receive(false);
      } catch (KernelException e) {
        if (e.errno() != Errno.ENOBUFS && e.errno() != Errno.EMSGSIZE) {
          return;
        }
      }
    }
  }

  private static void refuse(Request request, NetlinkMessage message) throws KernelException {
    if (message.errno() != 0) {
      throw failure(request, message);
    }
  }

  private static KernelException failure(Request request, NetlinkMessage message) {
    String words = Sys.inWords(message.errno());
    String explanation = message.explanation();
    return new KernelException(
        request.command(),
        message.errno(),
        explanation.isEmpty() ? words : words + ": " + explanation);
  }

  private static KernelException failure(Request request, int errno) {
    return new KernelException(request.command(), errno, Sys.inWords(errno));
  }

  private static KernelException failure(Request request, KernelException cause) {
    boolean isLate = cause.errno() == Errno.EAGAIN;
    KernelException failure =
        isLate
            ? failure(request, Errno.ETIMEDOUT)
            : new KernelException(
                request.command(), cause.errno(), String.valueOf(cause.getMessage()));
    failure.initCause(cause);
    return failure;
  }

  private static KernelException malformed(Request request, MalformedException cause) {
    KernelException failure =
        new KernelException(request.command(), Errno.EBADMSG, String.valueOf(cause.getMessage()));
    failure.initCause(cause);
    return failure;
  }

  @Override
  public synchronized void close() {
    closed = true;
    transport.close();
  }
}

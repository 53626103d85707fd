package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.netlink.MalformedException;
import io.evenkeel.kernel.netlink.Netlink;
import io.evenkeel.kernel.netlink.NetlinkTransport;
import io.evenkeel.kernel.netlink.Request;
import io.evenkeel.kernel.sys.Errno;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever the kernel says: a value, or an error with errno and command. With the inputs in {@code
 * IpvsFuzzTestInputs} here; Jazzer looks for others, see CONTRIBUTING.md.
 */
public class IpvsFuzzTest {
  private static final IpvsCodec CODEC = new IpvsCodec(0x20);

  private static final List<Function<ByteBuffer, Object>> DECODERS =
      List.of(
          IpvsCodec::service,
          payload -> IpvsCodec.destination(payload, AddressFamily.IPV4),
          payload -> IpvsCodec.destination(payload, AddressFamily.IPV6),
          IpvsCodec::daemon,
          IpvsCodec::timeouts,
          IpvsCodec::info);

  @ParameterizedTest
  @MethodSource("inputs")
  void target_anInput_isAValueOrAnErrorOfItsCommand(Path input) throws IOException {
    byte[] bytes = Files.readAllBytes(input);
    switch (String.valueOf(input.getName(input.getNameCount() - 2))) {
      case "decode" -> Decode.fuzzerTestOneInput(bytes);
      case "answer" -> Answers.fuzzerTestOneInput(bytes);
      default -> Table.fuzzerTestOneInput(bytes);
    }
  }

  static List<Path> inputs() throws Exception {
    Path directory =
        Path.of(
            Objects.requireNonNull(IpvsFuzzTest.class.getResource("IpvsFuzzTestInputs")).toURI());
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** The payload of one message. */
  public static final class Decode {
    private Decode() {}

    /** What Jazzer calls. */
    public static void fuzzerTestOneInput(byte[] payload) {
      for (Function<ByteBuffer, Object> decoder : DECODERS) {
        try {
          assertNotNull(decoder.apply(ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder())));
        } catch (MalformedException e) {
          // As it should be.
        }
      }
    }
  }

  /** Datagrams, each behind two bytes of its length, that answer a get, a dump and a batch. */
  public static final class Answers {
    private Answers() {}

    /** What Jazzer calls. */
    public static void fuzzerTestOneInput(byte[] datagrams) throws IOException {
      Netlink netlink =
          new Netlink(new Datagrams(datagrams), Duration.ofSeconds(5), System::nanoTime);
      ask(CODEC.getInfo(), request -> netlink.get(request, IpvsCodec::info));
      ask(CODEC.getServices(), request -> netlink.dump(request, IpvsCodec::service));
      ask(
          CODEC.change(new IpvsChange.Flush()),
          request -> netlink.batch(List.of(request, request)));
    }
  }

  /** The connection table. */
  public static final class Table {
    private Table() {}

    /** What Jazzer calls. */
    public static void fuzzerTestOneInput(byte[] text) throws IOException {
      try (IpvsConnections connections = new IpvsConnections(new ByteArrayInputStream(text))) {
        boolean isEnd = false;
        for (int line = 0; !isEnd; line++) {
          if (line > text.length + 1) {
            throw new IllegalStateException("no end after " + line + " lines");
          }
          try {
            isEnd = connections.next() == null;
          } catch (KernelException e) {
            assertEquals(Errno.EBADMSG, e.errno());
          }
        }
      }
    }
  }

  private interface Question {
    Object ask(Request request) throws IOException;
  }

  private static void ask(Request request, Question question) throws IOException {
    try {
      question.ask(request);
    } catch (KernelException e) {
      assertEquals(request.command(), e.command());
    }
  }

  /** When they are used up nothing comes. */
  private static final class Datagrams implements NetlinkTransport {
    private final ByteBuffer rest;

    private Datagrams(byte[] bytes) {
      this.rest = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    @Override
    public void send(ByteBuffer messages) {}

    @Override
    public ByteBuffer receive(boolean isPatient) throws KernelException {
      if (rest.remaining() < 2) {
        throw new KernelException("recvfrom", Errno.EAGAIN, "nothing");
      }
      int length = Math.min(rest.getShort() & 0xffff, rest.remaining());
      ByteBuffer datagram = rest.slice(rest.position(), length).order(ByteOrder.nativeOrder());
      rest.position(rest.position() + length);
      return datagram;
    }

    @Override
    public void close() {}
  }
}

package io.evenkeel.samples;

import io.evenkeel.kernel.ipvs.IpvsDaemon;
import io.evenkeel.proxy.TcpProxy.WhenFull;
import io.evenkeel.transport.Transport;
import io.evenkeel.vrrp.protocol.Version;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import picocli.CommandLine.ITypeConverter;

/** Reads one of a few words. */
class ChoiceConverter<T> implements ITypeConverter<T> {
  private final String what;
  private final Map<String, Supplier<T>> choices;

  private ChoiceConverter(String what, Map<String, Supplier<T>> choices) {
    this.what = what;
    this.choices = new TreeMap<>(choices);
  }

  @Override
  public T convert(String text) {
    Supplier<T> chosen = choices.get(text);
    if (chosen == null) {
      throw new Refused(
          what + ": " + text + " (expected: one of " + String.join(", ", choices.keySet()) + ")");
    }
    return chosen.get();
  }

  /** What moves the bytes. */
  static final class OfTransport extends ChoiceConverter<Transport> {
    OfTransport() {
      super(
          "transport",
          Map.of(
              "auto", Transport::best,
              "io_uring", () -> Transport.IO_URING,
              "epoll", () -> Transport.EPOLL,
              "nio", () -> Transport.NIO));
    }
  }

  /** What becomes of clients for whom there is no room. */
  static final class OfWhenFull extends ChoiceConverter<WhenFull> {
    OfWhenFull() {
      super("when-full", Map.of("close", () -> WhenFull.CLOSE, "wait", () -> WhenFull.WAIT));
    }
  }

  /** What a daemon does. */
  static final class OfRole extends ChoiceConverter<IpvsDaemon.Role> {
    OfRole() {
      super(
          "role",
          Map.of("master", () -> IpvsDaemon.Role.MASTER, "backup", () -> IpvsDaemon.Role.BACKUP));
    }
  }

  /** Of the protocol. */
  static final class OfVersion extends ChoiceConverter<Version> {
    OfVersion() {
      super("version", Map.of("2", () -> Version.V2, "3", () -> Version.V3));
    }
  }
}

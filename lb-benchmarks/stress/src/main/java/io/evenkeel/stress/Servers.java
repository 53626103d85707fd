package io.evenkeel.stress;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Real servers where nothing listens, without health checks. */
public final class Servers {
  public static final ServiceKey SERVICE = ServiceKey.tcp("127.255.0.1:80");

  private static final Endpoint ENDPOINT = Endpoint.parse("127.0.0.1:8080");
  private static final InetSocketAddress ADDRESS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080);

  private Servers() {}

  /** One server. */
  public static Destination one() {
    return one(suspended -> {});
  }

  /** One server, and who is told when it is suspended. */
  public static Destination one(Consumer<Destination> onSuspend) {
    return new Destination(SERVICE, ENDPOINT, ADDRESS, onSuspend);
  }

  /** Servers with weights, in list order. */
  public static Destinations list(int... weights) {
    Map<Destination, Integer> wanted = new LinkedHashMap<>();
    for (int i = weights.length - 1; i >= 0; i--) {
      wanted.put(one(), weights[i]);
    }
    return Destinations.empty().with(wanted);
  }

  /** A connection that is being set up. */
  public static Assignment open(Destination server) {
    Assignment opened = new Assignment();
    opened.assign(server, 0);
    return opened;
  }

  /** Several of them. */
  public static Assignment[] open(Destination server, int count) {
    Assignment[] opened = new Assignment[count];
    for (int i = 0; i < count; i++) {
      opened[i] = open(server);
    }
    return opened;
  }
}

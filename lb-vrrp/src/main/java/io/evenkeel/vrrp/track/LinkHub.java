package io.evenkeel.vrrp.track;

import io.evenkeel.kernel.net.Link;
import io.evenkeel.kernel.net.Network;
import io.evenkeel.kernel.net.NetworkEvent;
import io.evenkeel.kernel.net.NetworkEvent.LinkChanged;
import io.evenkeel.kernel.net.NetworkEvent.LinkRemoved;
import io.evenkeel.kernel.net.NetworkWatch;
import io.evenkeel.vrrp.track.Reading.UpOrDown;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The links of one network, heard of on one thread for all that are tracked. Thread-safe. */
final class LinkHub {
  /** Of the networks that are watched now. Its lock guards the hubs' fields, too. */
  private static final Map<Network, LinkHub> HUBS = new HashMap<>();

  private final Network network;
  private final Map<Consumer<Reading>, String> devices = new LinkedHashMap<>();

  /** By number: a link may get another name. */
  private final Map<Integer, Link> links = new HashMap<>();

  private @Nullable NetworkWatch watch;

  private LinkHub(Network network) {
    this.network = network;
  }

  /**
   * Tells of a link, first how it is now.
   *
   * @param readings called on this thread, and on the hub's with no lock held
   * @return ends it
   * @throws UncheckedIOException if the kernel does not tell of links
   */
  static Runnable listen(Network network, String device, Consumer<Reading> readings) {
    synchronized (HUBS) {
      LinkHub hub = HUBS.computeIfAbsent(network, LinkHub::new);
      hub.devices.put(readings, device);
      try {
        hub.start();
      } catch (IOException e) {
        hub.forget(readings);
        throw new UncheckedIOException("link " + device, e);
      }
      readings.accept(hub.read(device));
      return () -> hub.forget(readings);
    }
  }

  private void start() throws IOException {
    if (watch == null) {
      // What changes from here on waits for the lock.
      watch = network.watch(this::take);
      network.links().forEach(link -> links.put(link.index(), link));
    }
  }

  private void forget(Consumer<Reading> readings) {
    synchronized (HUBS) {
      devices.remove(readings);
      if (devices.isEmpty()) {
        HUBS.remove(network, this);
        if (watch != null) {
          watch.close();
        }
      }
    }
  }

  private void take(NetworkEvent event) {
    Map<Consumer<Reading>, Reading> news = new LinkedHashMap<>();
    synchronized (HUBS) {
      if (event instanceof LinkChanged changed) {
        links.put(changed.link().index(), changed.link());
      } else if (event instanceof LinkRemoved removed) {
        links.remove(removed.link().index());
      } else {
        return;
      }
      devices.forEach((readings, device) -> news.put(readings, read(device)));
    }
    news.forEach(Consumer::accept);
  }

  private Reading read(String device) {
    for (Link link : links.values()) {
      if (link.name().equals(device)) {
        return new UpOrDown(link.isRunning(), "link " + link);
      }
    }
    return new UpOrDown(false, "link " + device + ": no such link");
  }
}

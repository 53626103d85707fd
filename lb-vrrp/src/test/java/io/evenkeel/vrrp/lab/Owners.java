package io.evenkeel.vrrp.lab;

import io.evenkeel.kernel.net.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Watches which of two hosts has an address, by asking the kernel of each every few ms.
 * Thread-safe.
 */
final class Owners implements AutoCloseable {
  private static final long PAUSE_MILLIS = 2;

  private final InetAddress address;
  private final Network low;
  private final Network high;
  private final Thread thread = new Thread(this::watch, "lab-owners");
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicInteger both = new AtomicInteger();
  private volatile boolean closed;
  private volatile @Nullable IOException failure;

  Owners(Segment segment, String address) throws IOException {
    this.address = InetAddress.getByName(address);
    low = Network.open(segment.name(Host.LOW));
    high = Network.open(segment.name(Host.HIGH));
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    try {
      while (!closed) {
        // Before and after the other: an address that moves in between is not on both.
        if (has(Host.LOW) && has(Host.HIGH) && has(Host.LOW)) {
          both.incrementAndGet();
        }
        looks.incrementAndGet();
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (IOException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean has(Host host) throws IOException {
    return (host == Host.LOW ? low : high)
        .addresses().stream().anyMatch(each -> each.address().equals(address));
  }

  /** How often both had it, until now. */
  int both() throws IOException {
    if (failure != null) {
      throw failure;
    }
    return both.get();
  }

  /** How often it was looked. */
  int looks() {
    return looks.get();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    low.close();
    high.close();
  }
}

package io.evenkeel.vrrp.witness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.vrrp.Lease;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Leases over the loopback interface, on an address of its own: others take any free port. */
@Tag("smoke")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WitnessIT {
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final String HOST =
      new SecureRandom()
          .ints(3, 1, 255)
          .mapToObj(Integer::toString)
          .collect(Collectors.joining(".", "127.", ""));

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private Witness witness(int port) throws IOException {
    Witness witness = Witness.start(new InetSocketAddress(HOST, port), LONGEST);
    open.add(witness);
    return witness;
  }

  @Test
  void lease_holderGone_passesToTheOther() throws Exception {
    WitnessStore store = new WitnessStore(witness(0).address(), TIMEOUT);
    Lease a = new Lease(store, "web", "a", LONGEST);
    Lease b = new Lease(store, "web", "b", LONGEST);
    IOException early = assertThrows(IOException.class, a::pass);
    assertTrue(early.getMessage().contains("started lately"), early.getMessage());

    await(a);
    long asked = System.nanoTime();
    a.pass();
    assertEquals(
        "lease web: another holds it",
        assertThrows(IllegalStateException.class, b::pass).getMessage());
    // a is gone, and gives nothing back.
    await(b);
    long taken = System.nanoTime() - asked;
    assertTrue(taken >= LONGEST.toNanos() * 998 / 1000, taken + " ns");

    b.release();
    assertEquals(LONGEST.toNanos() * 998 / 1000, a.pass().toNanos());
  }

  @Test
  void lease_witnessStartedAgain_isKeptByItsHolder() throws Exception {
    Witness first = witness(0);
    InetSocketAddress address = first.address();
    WitnessStore store = new WitnessStore(address, TIMEOUT);
    // Held as long as it is asked for again.
    assertTrue(store.acquire("web", "a", LONGEST, () -> true));
    first.close();
    awaitRefused(address);
    witness(address.getPort());

    assertThrows(IOException.class, () -> store.acquire("web", "b", LONGEST, () -> false));
    assertTrue(store.acquire("web", "a", LONGEST, () -> true));
    assertFalse(store.acquire("web", "b", LONGEST, () -> true));
  }

  /** A host that is cut off in the middle of a question. */
  @Test
  void acquire_othersSayNothing_isAnswered() throws Exception {
    InetSocketAddress address = witness(0).address();
    for (int i = 0; i < 20; i++) {
      Socket silent = new Socket(address.getAddress(), address.getPort());
      open.add(silent);
      silent.getOutputStream().write("evenkeel-lease 1 acq".getBytes(StandardCharsets.US_ASCII));
    }
    WitnessStore store = new WitnessStore(address, TIMEOUT);

    assertTrue(store.acquire("web", "a", LONGEST, () -> true));
    // Its patience is 5 s.
    Socket first = (Socket) open.get(1);
    assertEquals(-1, first.getInputStream().read());
  }

  @Test
  void acquire_nobodyThere_throwsAndSaysWhere() throws Exception {
    Witness gone = witness(0);
    InetSocketAddress address = gone.address();
    gone.close();
    awaitRefused(address);

    IOException e =
        assertThrows(
            IOException.class,
            () -> new WitnessStore(address, TIMEOUT).acquire("web", "a", LONGEST, () -> true));

    assertTrue(e.getMessage().startsWith("witness " + address), e.getMessage());
  }

  @Test
  void acquire_badName_throws() throws Exception {
    WitnessStore store = new WitnessStore(witness(0).address(), TIMEOUT);

    assertThrows(
        IllegalArgumentException.class, () -> store.acquire("a b", "a", LONGEST, () -> true));
    assertThrows(
        IllegalArgumentException.class, () -> store.acquire("a", "a\n", LONGEST, () -> true));
  }

  private static void await(Lease lease) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try {
        lease.pass();
        return;
      } catch (IOException | IllegalStateException e) {
        assertTrue(System.nanoTime() - end < 0, e.toString());
        Thread.sleep(20);
      }
    }
  }

  private static void awaitRefused(InetSocketAddress address) throws Exception {
    while (true) {
      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
        assertTrue(socket.isConnected());
        Thread.sleep(10);
      } catch (IOException e) {
        return;
      }
    }
  }
}

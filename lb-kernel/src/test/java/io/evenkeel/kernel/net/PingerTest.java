package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class PingerTest {

  @Test
  void ping_cannotStart_completesItsResult() {
    // More than an array can hold.
    CompletableFuture<Duration> result =
        Pinger.ping(InetAddress.getLoopbackAddress(), null, Integer.MAX_VALUE);

    assertInstanceOf(
        NegativeArraySizeException.class,
        assertThrows(CompletionException.class, () -> result.getNow(null)).getCause());
  }

  @Test
  void inWords_eachDenial_hasItsCause() {
    String denied = Pinger.inWords(new KernelException("socket", Errno.EACCES, "denied"));
    assertTrue(denied.startsWith("net.ipv4.ping_group_range: "), denied);
    assertEquals(
        "socket: not permitted (seccomp or a security module)",
        Pinger.inWords(new KernelException("socket", Errno.EPERM, "no")));
    assertEquals(
        "send: no (errno 1)", Pinger.inWords(new KernelException("send", Errno.EPERM, "no")));
  }
}

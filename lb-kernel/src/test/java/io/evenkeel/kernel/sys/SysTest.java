package io.evenkeel.kernel.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SysTest {
  private static final int EBADF = 9;

  @Test
  void unavailabilityCause_linux_isNull() {
    assertNull(Sys.unavailabilityCause());
  }

  @Test
  void call_fails_keepsErrnoAndTheCall() {
    ErrnoException e =
        assertThrows(ErrnoException.class, () -> Sys.recvfrom(-1, new byte[1], new byte[28]));

    assertEquals("recvfrom", e.call());
    assertEquals(EBADF, e.errno());
    assertEquals("recvfrom: Bad file descriptor (errno 9)", e.getMessage());
  }

  /** The first attempt leaves what a signal would; errno is only read after a failure. */
  @Test
  void call_fails_isNotRepeatedButForASignal() {
    AtomicInteger calls = new AtomicInteger();

    assertThrows(
        ErrnoException.class,
        () ->
            Sys.check(
                "close",
                () -> {
                  calls.incrementAndGet();
                  return Sys.libc().close(-1);
                }));
    assertEquals(1, calls.get());
  }
}

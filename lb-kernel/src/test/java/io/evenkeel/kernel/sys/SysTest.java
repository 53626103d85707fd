package io.evenkeel.kernel.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.kernel.KernelException;
import java.util.concurrent.atomic.AtomicInteger;
import jnr.ffi.LastError;
import jnr.ffi.Runtime;
import org.junit.jupiter.api.Test;

class SysTest {
  private static final int EBADF = 9;

  @Test
  void unavailabilityCause_linux_isNull() {
    assertNull(Sys.unavailabilityCause());
  }

  @Test
  void call_fails_keepsErrnoAndTheCall() {
    KernelException e =
        assertThrows(KernelException.class, () -> Sys.recvfrom(-1, new byte[1], new byte[28]));

    assertEquals("recvfrom", e.command());
    assertEquals(EBADF, e.errno());
    assertEquals("recvfrom: Bad file descriptor (errno 9)", e.getMessage());
  }

  @Test
  void once_interruptedBySignal_isEintr() {
    KernelException e =
        assertThrows(
            KernelException.class,
            () ->
                Sys.once(
                    "test",
                    () -> {
                      LastError.setLastError(Runtime.getRuntime(Sys.libc()), Errno.EINTR);
                      return -1;
                    }));

    assertEquals(Errno.EINTR, e.errno());
  }

  @Test
  void call_interruptedBySignals_isMadeAgain() throws Exception {
    AtomicInteger calls = new AtomicInteger();

    long result =
        Sys.check(
            "test",
            () -> {
              LastError.setLastError(Runtime.getRuntime(Sys.libc()), Errno.EINTR);
              return calls.incrementAndGet() < 3 ? -1 : 7;
            });

    assertEquals(7, result);
    assertEquals(3, calls.get());
  }
}

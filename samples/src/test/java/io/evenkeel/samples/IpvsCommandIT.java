package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.kernel.ipvs.Ipvs;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code evenkeel ipvs} as a process, on whatever kernel this is; changes nothing. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IpvsCommandIT {

  @Test
  void run_outputThatCannotBeWritten_fails() throws Exception {
    List<String> full = List.of("sh", "-c", "exec \"$@\" >/dev/full", "sh");
    try (EvenkeelJar help = EvenkeelJar.start(full, "ipvs", "--help")) {
      int status = help.await();

      assertEquals(List.of("standard output: cannot be written"), help.err());
      assertEquals(1, status);
    }
  }

  @Test
  @Tag("smoke")
  void list_anyKernel_printsTheTableOrWhatIsMissing() throws Exception {
    String cause = Ipvs.unavailabilityCause();
    try (EvenkeelJar list = EvenkeelJar.start("ipvs", "list", "--timeout")) {
      int status = list.await();

      if (cause == null) {
        assertEquals(List.of(), list.err());
        assertEquals(1, list.out().size());
        assertEquals(0, status);
      } else {
        assertEquals(List.of(cause), list.err());
        assertEquals(List.of(), list.out());
        assertEquals(1, status);
      }
    }
  }
}

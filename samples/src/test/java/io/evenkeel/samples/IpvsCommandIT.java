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

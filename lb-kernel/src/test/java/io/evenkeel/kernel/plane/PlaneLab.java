package io.evenkeel.kernel.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.Director;
import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A director whose services the kernel carries; run by {@code IpvsLabIT}. */
public class PlaneLab {
  @TempDir Path directory;
  private Ipvs ipvs;

  @BeforeEach
  void open() throws Exception {
    ipvs = Ipvs.open();
  }

  @AfterEach
  void flush() throws Exception {
    ipvs.apply(new IpvsChange.Flush());
    ipvs.close();
  }

  @Test
  void start_services_areInTheKernelUntilItStops() throws Exception {
    Path state = directory.resolve("state");
    try (Director director =
        Director.builder()
            .dataPlane(IpvsPlane.builder(state).resync(Duration.ofMillis(200)).build())
            .service(
                VirtualService.tcp("10.0.0.1:80")
                    .scheduler("rr")
                    .realServer(RealServer.of("10.0.0.2:8080").withWeight(2))
                    .realServer(RealServer.of("10.0.0.3:8080"))
                    .build())
            .build()) {
      director.start();

      assertEquals(
          List.of("10.0.0.3:8080 MASQUERADE weight 1", "10.0.0.2:8080 MASQUERADE weight 2"),
          rules());
      assertEquals("evenkeel ipvs 1\ntcp 10.0.0.1:80\n", Files.readString(state));
    }
    assertEquals(List.of(), ipvs.services());
    assertEquals("evenkeel ipvs 1\n", Files.readString(state));
  }

  private List<String> rules() throws Exception {
    return ipvs.services().stream()
        .flatMap(
            s -> {
              try {
                return ipvs.destinations(s.service().key()).stream();
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            })
        .map(d -> d.destination().toString())
        .toList();
  }
}

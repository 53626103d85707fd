package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The binding against the kernel itself; run by {@code IpvsLabIT}. */
public class IpvsLab {
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
  void apply_serviceAndDestination_areReadBackEqual() throws Exception {
    IpvsKey key = new IpvsAddress(IpvsProtocol.TCP, InetAddress.getByName("10.0.0.1"), 80);
    IpvsService service = IpvsService.of(key, "wlc");
    IpvsDestination server =
        IpvsDestination.of(InetAddress.getByName("10.0.0.2"), 8080, ForwardingMethod.MASQUERADE, 3);

    ipvs.apply(
        List.of(new IpvsChange.AddService(service), new IpvsChange.AddDestination(key, server)));

    assertEquals(List.of(new ServiceStatus(service, IpvsStats.ZERO)), ipvs.services());
    assertEquals(
        List.of(new DestinationStatus(server, 0, 0, 0, IpvsStats.ZERO)), ipvs.destinations(key));
  }

  @Test
  void apply_oneRefused_othersHoldAndTheRefusalIsNamed() throws Exception {
    IpvsKey mark = new IpvsMark(10, AddressFamily.IPV4);
    IpvsChange unknown = new IpvsChange.DeleteService(new IpvsMark(11, AddressFamily.IPV4));

    IpvsException refused =
        assertThrows(
            IpvsException.class,
            () ->
                ipvs.apply(
                    List.of(unknown, new IpvsChange.AddService(IpvsService.of(mark, "rr")))));

    assertEquals(
        List.of(
            new IpvsException.Refusal(
                unknown, 3, "ipvs delete service: No such process (errno 3)")),
        refused.refusals());
    assertEquals("rr", ipvs.service(mark).orElseThrow().service().scheduler());
  }
}

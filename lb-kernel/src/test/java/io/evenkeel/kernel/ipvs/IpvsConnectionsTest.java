package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class IpvsConnectionsTest {
  private static final String HEADER =
      "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n";
  private static final String LINE =
      "TCP 0A090001 9C40 0A010001 0050 0A020001 1F90 ESTABLISHED     899\n";

  @Test
  void next_emptyTable_isNull() throws Exception {
    assertNull(of("").next());
    assertNull(of(HEADER).next());
  }

  @Test
  void next_lines_areReadToTheEnd() throws Exception {
    IpvsConnections connections = of(HEADER + LINE + LINE.strip());

    assertNotNull(connections.next());
    assertNotNull(connections.next());
    assertNull(connections.next());
    assertNull(connections.next());
  }

  @Test
  void next_malformedLine_isAnErrorWithItsNumberAndTheNextIsRead() throws Exception {
    IpvsConnections connections = of(HEADER + LINE + "TCP nonsense\n" + LINE);
    connections.next();

    KernelException e = assertThrows(KernelException.class, connections::next);

    assertEquals(Errno.EBADMSG, e.errno());
    assertEquals("ipvs list connections", e.command());
    assertEquals(
        "ipvs list connections: line 3: client: nonsense (expected: hex digits)" + " (errno 74)",
        e.getMessage());
    assertNotNull(connections.next());
    assertNull(connections.next());
  }

  @Test
  void next_lineWithoutEnd_isRefusedInBoundedMemory() throws Exception {
    IpvsConnections connections = of(HEADER + "T".repeat(10_000_000) + "\n" + LINE);

    KernelException e = assertThrows(KernelException.class, connections::next);

    assertEquals(
        "ipvs list connections: line 2: 10000000 bytes (expected: at most 4096) (errno 74)",
        e.getMessage());
    assertNotNull(connections.next());
  }

  @Test
  void next_otherHeader_isRefused() {
    assertThrows(KernelException.class, of("IP Virtual Server version 1.2.1\n" + LINE)::next);
  }

  private static IpvsConnections of(String text) {
    return new IpvsConnections(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
  }
}

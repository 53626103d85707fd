package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.health.CheckResult;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UdpCheckTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0g", "\u0660\u0660", "00 11"})
  void sendHex_notBytes_throws(String payload) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> UdpCheck.sendHex(payload));
    assertEquals(
        "payload: " + payload + " (expected: 1..2048 bytes in hexadecimal)", e.getMessage());
  }

  @Test
  void send_2049Bytes_throws() {
    assertEquals(4096, UdpCheck.send("x".repeat(2048)).payload().length());
    assertThrows(IllegalArgumentException.class, () -> UdpCheck.send("x".repeat(2049)));
  }

  @Test
  void replying_notAnExpression_throws() {
    assertEquals(
        "reply: ( (expected: a regular expression: Unclosed group)",
        assertThrows(IllegalArgumentException.class, () -> UdpCheck.send("x").replying("("))
            .getMessage());
  }

  @Test
  void equals_sameBytes_isOneCheck() {
    assertEquals(UdpCheck.sendHex("4A"), UdpCheck.send("J"));
    assertNotEquals(UdpCheck.send("J"), UdpCheck.send("J").replying());
    assertNotEquals(UdpCheck.send("J").replying("a"), UdpCheck.send("J").replying("b"));
    assertEquals("udp:4a", UdpCheck.send("J").toString());
    assertEquals("udp:4a replying", UdpCheck.send("J").replying().toString());
    assertEquals("udp:4a replying a.b", UdpCheck.send("J").replying("a.b").toString());
  }

  /** As the transports say it. */
  @Test
  void inWords_networkError_isTheServersUnlessItIsOurs() {
    assertEquals(
        CheckResult.fail("port unreachable"),
        Datagrams.inWords(new PortUnreachableException("recvmsg(..) failed")));
    assertEquals(
        CheckResult.fail("No route to host"),
        Datagrams.inWords(new NoRouteToHostException("No route to host")));
    assertEquals(
        CheckResult.fail("recvmsg(..) failed with error(-113): No route to host"),
        Datagrams.inWords(
            new IOException("recvmsg(..) failed with error(-113): No route to host")));
    assertEquals(
        CheckResult.Verdict.NONE,
        Datagrams.inWords(
                new IOException("sendto(..) failed with error(-1): Operation not permitted"))
            .verdict());
  }
}

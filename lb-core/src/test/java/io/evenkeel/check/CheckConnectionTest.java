package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import org.junit.jupiter.api.Test;

class CheckConnectionTest {

  @Test
  void inWords_timeout_saysHowLong() {
    assertEquals(
        "no connection within 250 ms",
        CheckConnection.inWords(new ConnectTimeoutException("connection timed out: x"), 250));
  }

  @Test
  void inWords_refused_leavesTheAddressOut() {
    assertEquals(
        "connection refused",
        CheckConnection.inWords(
            new ConnectException("finishConnect(..) failed: Connection refused: /127.0.0.1:1"), 1));
  }

  @Test
  void inWords_other_isItsMessage() {
    assertEquals(
        "No route to host",
        CheckConnection.inWords(new NoRouteToHostException("No route to host"), 1));
    assertEquals("refused by me", CheckConnection.inWords(new IOException("refused by me"), 1));
  }

  @Test
  void inWords_noMessage_namesTheFailure() {
    assertEquals("java.io.IOException", CheckConnection.inWords(new IOException(), 1));
  }
}

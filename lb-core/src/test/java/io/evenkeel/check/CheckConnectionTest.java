package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.health.CheckResult;
import io.netty.channel.ChannelException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

class CheckConnectionTest {

  @Test
  void notConnected_refused_leavesTheAddressOut() {
    assertEquals(
        CheckResult.fail("connection refused"),
        CheckConnection.notConnected(
            new ConnectException("finishConnect(..) failed: Connection refused: /127.0.0.1:1")));
  }

  @Test
  void notConnected_other_isItsMessage() {
    assertEquals(
        CheckResult.fail("No route to host"),
        CheckConnection.notConnected(new NoRouteToHostException("No route to host")));
    assertEquals(
        CheckResult.fail("Host is down"),
        CheckConnection.notConnected(new SocketException("Host is down")));
  }

  @Test
  void notConnected_noMessage_namesTheFailure() {
    assertEquals(
        CheckResult.fail("java.net.NoRouteToHostException"),
        CheckConnection.notConnected(new NoRouteToHostException()));
  }

  /** As Netty's channels do when no file descriptor is left. */
  @Test
  void notConnected_noSocket_isNoResult() {
    assertEquals(
        CheckResult.none("java.net.SocketException: Too many open files"),
        CheckConnection.notConnected(
            new ChannelException(
                "Failed to open a socket.", new SocketException("Too many open files"))));
    assertEquals(
        CheckResult.none("io.netty.channel.ChannelException: no socket"),
        CheckConnection.notConnected(new ChannelException("no socket")));
  }
}

package io.evenkeel.check;

import io.evenkeel.hook.FreePorts;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** A UDP server for checks: does with each datagram what a test says. */
final class UdpPeer implements AutoCloseable {

  /** What it does with a datagram. */
  @FunctionalInterface
  interface Script {
    void serve(byte[] request, Replier replier) throws IOException;
  }

  /** Sends back to where the datagram came from. */
  @FunctionalInterface
  interface Replier {
    void send(byte[] reply) throws IOException;
  }

  private final DatagramSocket socket;
  private final InetSocketAddress address;
  private final Thread thread;
  private final BlockingQueue<DatagramPacket> requests = new LinkedBlockingQueue<>();
  private final AtomicLong sent = new AtomicLong();

  UdpPeer(Script script) throws IOException {
    this(InetAddress.getLoopbackAddress(), script);
  }

  UdpPeer(InetAddress local, Script script) throws IOException {
    socket = new DatagramSocket(0, local);
    address = new InetSocketAddress(local, socket.getLocalPort());
    thread = new Thread(() -> serve(script), "udp-peer");
    thread.setDaemon(true);
    thread.start();
  }

  /** Sends one datagram after the other, as fast as it can, until it is closed. */
  static UdpPeer endless(byte[] reply) throws IOException {
    return new UdpPeer(
        (request, replier) -> {
          for (; ; ) {
            replier.send(reply);
          }
        });
  }

  /** An address where nobody listens. */
  static InetSocketAddress nobody() throws IOException {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.next());
  }

  InetSocketAddress address() {
    return address;
  }

  DatagramPacket awaitRequest() throws InterruptedException, TimeoutException {
    DatagramPacket request = requests.poll(60, TimeUnit.SECONDS);
    if (request == null) {
      throw new TimeoutException("no request within 60 s");
    }
    return request;
  }

  /** How many datagrams it has sent. */
  long sent() {
    return sent.get();
  }

  private void serve(Script script) {
    try {
      for (; ; ) {
        DatagramPacket request = new DatagramPacket(new byte[65535], 65535);
        socket.receive(request);
        requests.add(request);
        script.serve(
            Arrays.copyOf(request.getData(), request.getLength()),
            reply -> {
              socket.send(new DatagramPacket(reply, reply.length, request.getSocketAddress()));
              sent.incrementAndGet();
            });
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  /** Returns when the port is free: as long as the thread is in the kernel, its socket is too. */
  @Override
  public void close() {
    socket.close();
    thread.interrupt();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ends that are not orderly: what broke on one side must not look complete on the other. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ResetIT {
  private static final int MIB = 1024 * 1024;

  @RegisterExtension private static final ProxyLab lab = new ProxyLab();

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void clientResets_serverSeesAReset(Wiring wiring) throws Exception {
    BlockingQueue<Sockets.Ending> endings = new LinkedBlockingQueue<>();
    TestServer server =
        lab.keep(
            new TestServer(
                socket -> {
                  socket.getOutputStream().write('S');
                  endings.add(Sockets.readToAnyEnd(socket));
                }));
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    for (int i = 0; i < 20; i++) {
      Socket client = lab.connect(proxied.address());
      assertEquals('S', client.getInputStream().read());
      client.getOutputStream().write(new byte[] {1, 2, 3});
      Sockets.reset(client);
      Sockets.Ending ending = endings.poll(60, TimeUnit.SECONDS);
      assertTrue(ending != null && ending.reset(), "client " + i + ": " + ending);
    }
    awaitReleased(proxied, "aborted", 20);
  }

  /** And none with another outcome that speaks against the server, or for it. */
  private static void awaitReleased(ProxyLab.Proxied proxied, String outcome, int count) {
    ProxyLab.await(outcome, () -> proxied.sum("evenkeel.released", "outcome", outcome) == count);
    assertEquals(count, proxied.sum("evenkeel.released"), "released");
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void serverResets_clientSeesAReset(Wiring wiring) throws IOException {
    TestServer server =
        lab.keep(
            new TestServer(
                socket -> {
                  Sockets.readExactly(socket, 1);
                  Sockets.reset(socket);
                }));
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    for (int i = 0; i < 20; i++) {
      Socket client = lab.connect(proxied.address());
      client.getOutputStream().write(1);
      Sockets.Ending ending = Sockets.readToAnyEnd(client);
      assertTrue(ending.reset(), "client " + i + " saw an orderly end");
    }
    awaitReleased(proxied, "failed", 20);
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void serverSendsAndResets_clientGetsTheBytesAndThenTheReset(Wiring wiring) throws IOException {
    byte[] part = new byte[16 * 1024];
    new Random(1).nextBytes(part);
    TestServer server =
        lab.keep(
            new TestServer(
                socket -> {
                  Sockets.readExactly(socket, 1);
                  socket.getOutputStream().write(part);
                  Sockets.reset(socket);
                }));
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    for (int i = 0; i < 20; i++) {
      Socket client = lab.connect(proxied.address());
      client.getOutputStream().write(1);
      Sockets.Ending ending = Sockets.readToAnyEnd(client);
      assertArrayEquals(part, ending.bytes(), "client " + i);
      assertTrue(ending.reset(), "client " + i + " saw an orderly end");
    }
    awaitReleased(proxied, "failed", 20);
  }

  /** A server that dies in the middle of its answer, while bytes are on their way to it. */
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void serverResetsWhileClientUploads_truncatedAnswerDoesNotLookComplete(Wiring wiring)
      throws Exception {
    truncate(wiring, 8 * MIB);
  }

  private void truncate(Wiring wiring, int uploadBytes) throws Exception {
    byte[] part = new byte[16 * 1024];
    TestServer server =
        lab.keep(
            new TestServer(
                socket -> {
                  Sockets.readExactly(socket, 100_000);
                  socket.getOutputStream().write(part);
                  Sockets.reset(socket);
                }));
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    for (int i = 0; i < 20; i++) {
      Socket client = lab.connect(proxied.address());
      AtomicBoolean sendingFailed = new AtomicBoolean();
      Thread upload =
          Sockets.thread(
              "upload",
              () -> {
                try {
                  OutputStream out = client.getOutputStream();
                  for (int sent = 0; sent < uploadBytes; sent += 8000) {
                    out.write(new byte[8000]);
                  }
                  client.shutdownOutput();
                } catch (IOException e) {
                  sendingFailed.set(true);
                }
              });
      Sockets.Ending ending = Sockets.readToAnyEnd(client);
      upload.join();
      // The client's own kernel tells it once, the writer or the reader.
      assertTrue(
          ending.reset() || sendingFailed.get(),
          "client " + i + " has " + ending.bytes().length + " bytes and saw an orderly end");
      client.close();
    }
    awaitReleased(proxied, "failed", 20);
  }

  /** Nobody is left to read: the server must not send on into the void. */
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void clientResetsWhileServerSends_serverSeesIt(Wiring wiring) throws IOException {
    sendEndlessly(wiring, Sockets::reset);
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void clientEndsAndThenResetsWhileServerSends_serverSeesIt(Wiring wiring) throws IOException {
    sendEndlessly(
        wiring,
        client -> {
          client.shutdownOutput();
          client.getInputStream().readNBytes(MIB);
          Sockets.reset(client);
        });
  }

  private void sendEndlessly(Wiring wiring, TestServer.Handler leave) throws IOException {
    long limit = 1024L * MIB;
    TestServer server =
        lab.keep(
            new TestServer(
                socket -> {
                  Sockets.readExactly(socket, 1);
                  for (long sent = 0; sent < limit; sent += 65536) {
                    socket.getOutputStream().write(new byte[65536]);
                  }
                }));
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    int clients = 5;
    for (int i = 0; i < clients; i++) {
      Socket client = lab.connect(proxied.address());
      client.getOutputStream().write(1);
      client.getInputStream().readNBytes(MIB);
      leave.serve(client);
    }
    ProxyLab.await("the servers' ends", () -> server.open() == 0);
    assertEquals(clients, server.failures().size(), "servers that saw an error");
    awaitReleased(proxied, "aborted", clients);
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void clientResetsAtOnce_nothingStays(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.echo());
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    for (int i = 0; i < 300; i++) {
      Socket client = lab.connect(proxied.address());
      if (i % 3 == 1) {
        client.getOutputStream().write(1);
      }
      if (i % 3 == 2) {
        client.close();
      } else {
        Sockets.reset(client);
      }
    }
    try (Socket client = lab.connect(proxied.address())) {
      Sockets.request(client, new byte[] {1});
    }
    // The rest is the lab's to see: no connection, descriptor or buffer is left.
  }
}

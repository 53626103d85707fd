package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What one side sends, the other receives, whatever the pieces, the pace and the order of ends. */
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ByteExactnessIT {
  private static final int AT_A_TIME = 64;

  @RegisterExtension private static final ProxyLab lab = new ProxyLab();

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void conversations_500_arriveByteForByte(Wiring wiring) throws Exception {
    converse(wiring, 500, Long.getLong("evenkeel.seed", 1));
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void conversations_10000_arriveByteForByte(Wiring wiring) throws Exception {
    converse(wiring, 10_000, Long.getLong("evenkeel.seed", new Random().nextLong()));
  }

  private void converse(Wiring wiring, int count, long seed) throws Exception {
    System.out.println("ByteExactnessIT, " + wiring + ": -Devenkeel.seed=" + seed);
    ExecutorService clients = Executors.newFixedThreadPool(AT_A_TIME);
    ExecutorService writers = Executors.newCachedThreadPool();
    lab.keep(clients::shutdownNow);
    lab.keep(writers::shutdownNow);
    Map<Integer, Conversation.Seen> seenByServer = new ConcurrentHashMap<>();
    TestServer server =
        lab.keep(
            new TestServer(
                socket -> {
                  int number = Conversation.readNumber(socket);
                  Conversation conversation = new Conversation(seed, number);
                  try {
                    seenByServer.put(number, conversation.asServer(socket, writers));
                  } catch (IOException e) {
                    throw new IOException(conversation.toString(), e);
                  }
                }));
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());

    List<Future<Conversation.Seen>> seenByClient = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Conversation conversation = new Conversation(seed, i);
      seenByClient.add(clients.submit(() -> converse(proxied, conversation, writers)));
    }

    long bytes = 0;
    for (int i = 0; i < count; i++) {
      int number = i;
      String what = "seed " + seed + ", " + new Conversation(seed, i);
      Conversation.Seen client = seenByClient.get(i).get();
      ProxyLab.await(
          what + ": the server's end",
          () -> seenByServer.containsKey(number) || !server.failures().isEmpty());
      assertEquals(List.of(), server.failures(), what);
      Conversation.Seen atServer = seenByServer.get(i);
      assertEquals(client.sent(), atServer.received(), what + ": client to server");
      assertEquals(atServer.sent(), client.received(), what + ": server to client");
      bytes += client.sent().bytes() + Integer.BYTES;
    }
    assertEquals((double) bytes, proxied.sum("evenkeel.bytes", "direction", "in"));
    ProxyLab.await(
        "every connection a success",
        () -> proxied.sum("evenkeel.released", "outcome", "success") == count);
  }

  private Conversation.Seen converse(
      ProxyLab.Proxied proxied, Conversation conversation, ExecutorService writers)
      throws IOException {
    try (Socket socket = lab.connect(proxied.address())) {
      return conversation.asClient(socket, writers);
    } catch (IOException e) {
      throw new IOException(conversation.toString(), e);
    }
  }
}

package io.evenkeel.kernel.netlink;

import static io.evenkeel.kernel.netlink.ScriptedTransport.done;
import static io.evenkeel.kernel.netlink.ScriptedTransport.error;
import static io.evenkeel.kernel.netlink.ScriptedTransport.join;
import static io.evenkeel.kernel.netlink.ScriptedTransport.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way a kernel may answer. */
class NetlinkTest {
  private static final int FAMILY = 0x20;
  private static final int INTERRUPTED = 0x10;
  private static final Request REQUEST = new Request("test it", FAMILY, 0, writer -> {});

  private final ScriptedTransport kernel = new ScriptedTransport();
  private final Netlink netlink = new Netlink(kernel, Duration.ofSeconds(5), () -> kernel.nanos);

  @Test
  void get_answerAndAcknowledgement_isTheAnswer() throws Exception {
    kernel.datagram(sequence -> one(sequence, 7)).datagram(sequence -> error(sequence, 0));

    assertEquals(7, get());
  }

  @Test
  void get_acknowledgementAlone_isNull() throws Exception {
    kernel.datagram(sequence -> error(sequence, 0));

    assertNull(get());
  }

  @Test
  void get_refused_keepsErrnoAndCommand() {
    kernel.datagram(sequence -> error(sequence, Errno.ESRCH));

    KernelException e = assertThrows(KernelException.class, this::get);

    assertEquals(Errno.ESRCH, e.errno());
    assertEquals("test it", e.command());
    assertEquals("test it: No such process (errno 3)", e.getMessage());
  }

  @Test
  void get_answersToEarlierRequestsAndNoop_arePassedOver() throws Exception {
    kernel
        .datagram(sequence -> one(sequence - 1, 1))
        .datagram(sequence -> error(sequence - 1, Errno.ENOENT))
        .datagram(sequence -> message(NetlinkMessage.NOOP, 0, sequence))
        .datagram(sequence -> join(done(sequence - 2, 0), one(sequence, 2), error(sequence, 0)));

    assertEquals(2, get());
  }

  @Test
  void get_nothingComes_isTimedOut() {
    KernelException e = assertThrows(KernelException.class, this::get);

    assertEquals(Errno.ETIMEDOUT, e.errno());
    assertEquals("test it", e.command());
  }

  /** Others' answers without end must not hold it for ever. */
  @Test
  void get_onlyOthersAnswers_isTimedOutWhenTheTimeIsOver() {
    for (int i = 0; i < 100; i++) {
      kernel.datagram(
          sequence -> {
            kernel.nanos += ScriptedTransport.SECOND;
            return one(sequence - 1, 1);
          });
    }

    assertEquals(Errno.ETIMEDOUT, assertThrows(KernelException.class, this::get).errno());
  }

  /** A long answer may take longer than the kernel may be silent. */
  @Test
  void dump_answerThatGoesOn_isNotTimedOut() throws Exception {
    for (int i = 0; i < 20; i++) {
      kernel.datagram(sequence -> later(one(sequence, 1)));
    }
    kernel.datagram(sequence -> later(done(sequence, 0)));

    assertEquals(Collections.nCopies(20, 1), dump());
  }

  @Test
  void batch_refusalsThatGoOn_areNotTimedOut() throws Exception {
    for (int i = 0; i < 20; i++) {
      int index = i;
      kernel.datagram(sequence -> later(error(sequence + index, Errno.ENOENT)));
    }
    kernel.datagram(sequence -> later(error(sequence + 20, 0)));

    assertEquals(20, netlink.batch(Collections.nCopies(20, REQUEST)).size());
  }

  private byte[] later(byte[] datagram) {
    kernel.nanos += ScriptedTransport.SECOND;
    return datagram;
  }

  @Test
  void get_signalsWhileItWaits_doNotEndItBeforeItsTime() throws Exception {
    kernel
        .failure(Errno.EINTR)
        .failure(Errno.EINTR)
        .datagram(sequence -> join(one(sequence, 2), error(sequence, 0)));

    assertEquals(2, get());
    assertEquals(1, kernel.sent.size());
  }

  /** Each begins the socket's own time-out anew. */
  @Test
  void get_signalsWithoutEnd_isTimedOutWhenTheTimeIsOver() {
    for (int i = 0; i < 100; i++) {
      kernel.interruption();
    }

    assertEquals(Errno.ETIMEDOUT, assertThrows(KernelException.class, this::get).errno());
    assertEquals(1, kernel.sent.size());
  }

  @Test
  void get_partsLost_isAskedAgain() throws Exception {
    kernel
        .failure(Errno.ENOBUFS)
        .failure(ScriptedTransport.ERRNO_AGAIN)
        .datagram(sequence -> join(one(sequence, 3), error(sequence, 0)));

    assertEquals(3, get());
    assertEquals(List.of(List.of(1), List.of(2)), kernel.sent);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 15})
  void get_controlMessage_isMalformed(int type) {
    kernel.datagram(sequence -> message(type, 0, sequence, new byte[4]));

    assertEquals(Errno.EBADMSG, assertThrows(KernelException.class, this::get).errno());
  }

  @Test
  void get_twoAnswers_isMalformed() {
    kernel.datagram(sequence -> join(one(sequence, 1), one(sequence, 2), error(sequence, 0)));

    assertEquals(Errno.EBADMSG, assertThrows(KernelException.class, this::get).errno());
  }

  @Test
  void get_truncatedDatagram_isEmsgsizeAndTheNextWorks() throws Exception {
    kernel
        .failure(Errno.EMSGSIZE)
        .failure(Errno.EMSGSIZE)
        .datagram(sequence -> one(sequence, 1))
        .failure(ScriptedTransport.ERRNO_AGAIN);

    assertEquals(Errno.EMSGSIZE, assertThrows(KernelException.class, this::get).errno());

    assertEquals(0, kernel.waiting());
    kernel.datagram(sequence -> join(one(sequence, 3), error(sequence, 0)));
    assertEquals(3, get());
  }

  @Test
  void dump_severalDatagrams_isAll() throws Exception {
    kernel
        .datagram(sequence -> join(one(sequence, 1), one(sequence, 2)))
        .datagram(sequence -> one(sequence, 3))
        .datagram(sequence -> done(sequence, 0));

    assertEquals(List.of(1, 2, 3), dump());
  }

  @Test
  void dump_doneWithError_isThatError() {
    kernel.datagram(sequence -> join(one(sequence, 1), done(sequence, Errno.ENOMEM)));

    assertEquals(Errno.ENOMEM, assertThrows(KernelException.class, this::dump).errno());
  }

  /** A list is not whole before its end. */
  @Test
  void dump_acknowledgementInPlaceOfItsEnd_isMalformed() {
    kernel.datagram(sequence -> join(one(sequence, 1), error(sequence, 0)));

    assertEquals(Errno.EBADMSG, assertThrows(KernelException.class, this::dump).errno());
  }

  @Test
  void dump_interrupted_isAskedAgain() throws Exception {
    kernel
        .datagram(
            sequence -> join(one(sequence, 1), message(FAMILY, INTERRUPTED, sequence, new byte[4])))
        .datagram(sequence -> done(sequence, 0))
        .datagram(
            sequence -> join(one(sequence, 1), message(3, INTERRUPTED, sequence, new byte[4])))
        .datagram(sequence -> join(one(sequence, 1), one(sequence, 2), done(sequence, 0)));

    assertEquals(List.of(1, 2), dump());
    assertEquals(3, kernel.sent.size());
  }

  @Test
  void dump_interruptedAgainAndAgain_isEintr() {
    for (int i = 0; i < 20; i++) {
      kernel.datagram(sequence -> message(3, INTERRUPTED, sequence, new byte[4]));
    }

    assertEquals(Errno.EINTR, assertThrows(KernelException.class, this::dump).errno());
    assertEquals(10, kernel.sent.size());
  }

  @Test
  void dump_oneComesTwice_isAskedAgain() throws Exception {
    kernel
        .datagram(sequence -> join(one(sequence, 1), one(sequence, 1), done(sequence, 0)))
        .datagram(sequence -> join(one(sequence, 0), one(sequence, 1), done(sequence, 0)));

    assertEquals(List.of(0, 1), netlink.dump(REQUEST, NetlinkTest::number, value -> value));
  }

  @Test
  void dump_oneAlwaysComesTwice_isEintr() {
    for (int i = 0; i < 20; i++) {
      kernel.datagram(sequence -> join(one(sequence, 1), one(sequence, 1), done(sequence, 0)));
    }

    assertEquals(
        Errno.EINTR,
        assertThrows(
                KernelException.class,
                () -> netlink.dump(REQUEST, NetlinkTest::number, value -> value))
            .errno());
  }

  @Test
  void dump_anotherIsNotReadYet_isAskedAgain() throws Exception {
    kernel
        .datagram(sequence -> error(sequence, Errno.EBUSY))
        .datagram(sequence -> join(one(sequence, 1), done(sequence, 0)));

    assertEquals(List.of(1), dump());
  }

  @Test
  void dump_malformed_isDrainedAndTheNextWorks() throws Exception {
    kernel
        .datagram(sequence -> new byte[15])
        .datagram(sequence -> one(sequence, 1))
        .datagram(sequence -> done(sequence, 0))
        .failure(ScriptedTransport.ERRNO_AGAIN);

    KernelException e = assertThrows(KernelException.class, this::dump);

    assertEquals(Errno.EBADMSG, e.errno());
    assertEquals("test it: message: 15 bytes (expected: 16 or more) (errno 74)", e.getMessage());
    kernel.datagram(sequence -> join(one(sequence, 1), done(sequence, 0)));
    assertEquals(List.of(1), dump());
  }

  @Test
  void batch_allAcknowledged_isNoFailure() throws Exception {
    kernel.datagram(sequence -> error(sequence + 3, 0));

    assertEquals(List.of(), netlink.batch(List.of(REQUEST, REQUEST, REQUEST)));
    assertEquals(List.of(List.of(1, 2, 3, 4)), kernel.sent);
  }

  @Test
  void batch_oneInTheMiddleRefused_isNamed() throws Exception {
    kernel
        .datagram(sequence -> error(sequence - 1, Errno.EPERM))
        .datagram(sequence -> error(sequence + 1, Errno.EEXIST))
        .datagram(sequence -> error(sequence + 3, 0));

    List<Netlink.Failure> failures = netlink.batch(List.of(REQUEST, REQUEST, REQUEST));

    assertEquals(1, failures.size());
    assertEquals(1, failures.get(0).index());
    assertEquals(Errno.EEXIST, failures.get(0).cause().errno());
  }

  @Test
  void batch_many_areSeveralDatagramsAndFailuresKeepTheirIndex() throws Exception {
    kernel
        .datagram(sequence -> join(error(sequence + 255, Errno.ENOENT), error(sequence + 256, 0)))
        .datagram(sequence -> join(error(sequence, Errno.EEXIST), error(sequence + 44, 0)));

    List<Netlink.Failure> failures = netlink.batch(Collections.nCopies(300, REQUEST));

    assertEquals(List.of(255, 256), failures.stream().map(Netlink.Failure::index).toList());
    assertEquals(
        List.of(Errno.ENOENT, Errno.EEXIST),
        failures.stream().map(failure -> failure.cause().errno()).toList());
    assertEquals(List.of(257, 45), kernel.sent.stream().map(List::size).toList());
  }

  @Test
  void batch_none_asksNothing() throws Exception {
    assertEquals(List.of(), netlink.batch(List.of()));
    assertEquals(List.of(), kernel.sent);
  }

  /** They may have been carried out: asking again would not be the same. */
  @Test
  void batch_answersLost_isAnErrorAndNotRepeated() {
    kernel.failure(Errno.ENOBUFS).failure(ScriptedTransport.ERRNO_AGAIN);

    assertEquals(
        Errno.ENOBUFS,
        assertThrows(KernelException.class, () -> netlink.batch(List.of(REQUEST))).errno());
    assertEquals(1, kernel.sent.size());
  }

  @Test
  void batch_answerThatIsNone_isMalformed() {
    kernel.datagram(sequence -> one(sequence, 1));

    assertEquals(
        Errno.EBADMSG,
        assertThrows(KernelException.class, () -> netlink.batch(List.of(REQUEST))).errno());
  }

  @Test
  void execute_refused_throwsIt() {
    kernel.datagram(sequence -> join(error(sequence, Errno.EEXIST), error(sequence + 1, 0)));

    assertEquals(
        Errno.EEXIST, assertThrows(KernelException.class, () -> netlink.execute(REQUEST)).errno());
  }

  @Test
  void close_thenAnything_isEbadf() {
    netlink.close();

    assertEquals(Errno.EBADF, assertThrows(KernelException.class, this::get).errno());
    assertEquals(Errno.EBADF, assertThrows(KernelException.class, this::dump).errno());
    assertEquals(
        Errno.EBADF, assertThrows(KernelException.class, () -> netlink.execute(REQUEST)).errno());
    assertEquals(List.of(), kernel.sent);
    assertEquals(1, kernel.closed);
  }

  @Test
  void get_manyThreadsAtOnce_eachHasItsOwnAnswer() throws Exception {
    int calls = 2000;
    for (int i = 0; i < calls; i++) {
      kernel.datagram(sequence -> join(one(sequence, sequence), error(sequence, 0)));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<List<Integer>>> results = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        results.add(
            threads.submit(
                () -> {
                  List<Integer> mine = new ArrayList<>();
                  for (int call = 0; call < calls / 4; call++) {
                    mine.add(netlink.get(REQUEST, payload -> payload.getInt(0)));
                  }
                  return mine;
                }));
      }
      Set<Integer> all = new HashSet<>();
      for (Future<List<Integer>> result : results) {
        List<Integer> mine = result.get(30, TimeUnit.SECONDS);
        assertEquals(mine.stream().sorted().toList(), mine);
        all.addAll(mine);
      }
      assertEquals(calls, all.size());
      assertTrue(all.containsAll(IntStream.rangeClosed(1, calls).boxed().toList()));
    } finally {
      threads.shutdownNow();
    }
  }

  private Integer get() throws IOException {
    return netlink.get(REQUEST, NetlinkTest::number);
  }

  private List<Integer> dump() throws IOException {
    return netlink.dump(REQUEST, NetlinkTest::number);
  }

  private static Integer number(ByteBuffer payload) {
    return payload.getInt(0);
  }

  private static byte[] one(int sequence, int value) {
    byte[] payload = new byte[4];
    ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder()).putInt(value);
    return message(FAMILY, 2, sequence, payload);
  }
}

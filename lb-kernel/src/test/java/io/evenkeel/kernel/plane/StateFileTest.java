package io.evenkeel.kernel.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsMark;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFileTest {
  private static final Set<IpvsKey> KEYS =
      new LinkedHashSet<>(
          List.of(
              Tables.tcp("192.0.2.1", 80),
              new IpvsAddress(IpvsProtocol.UDP, Tables.address("2001:db8::1"), 53),
              new IpvsAddress(IpvsProtocol.SCTP, Tables.address("192.0.2.1"), 0),
              new IpvsMark(4_294_967_295L, AddressFamily.IPV4),
              new IpvsMark(1, AddressFamily.IPV6)));

  @TempDir Path directory;

  private Path file() {
    return directory.resolve("made").resolve("state");
  }

  @Test
  void read_noFile_isEmpty() throws IOException {
    assertEquals(Set.of(), new StateFile(file()).read());
  }

  @Test
  void read_written_isTheSame() throws IOException {
    StateFile state = new StateFile(file());
    state.write(KEYS);

    assertEquals(List.copyOf(KEYS), List.copyOf(state.read()));
    assertEquals(
        """
        evenkeel ipvs 1
        tcp 192.0.2.1:80
        udp [2001:db8::1]:53
        sctp 192.0.2.1:0
        mark 4294967295 ipv4
        mark 1 ipv6
        """,
        Files.readString(file()));
  }

  /** As it was written before. */
  @Test
  void read_longFormOfAnAddress_isTheSame() throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "evenkeel ipvs 1\nudp [2001:db8:0:0:0:0:0:1]:53\n");

    assertEquals(
        Set.of(new IpvsAddress(IpvsProtocol.UDP, Tables.address("2001:db8::1"), 53)),
        new StateFile(file()).read());
  }

  @Test
  void write_fewer_replacesAllAndLeavesNothingBehind() throws IOException {
    StateFile state = new StateFile(file());
    state.write(KEYS);
    state.write(Set.of());

    assertEquals(Set.of(), state.read());
    try (Stream<Path> files = Files.list(file().getParent())) {
      assertEquals(List.of(file()), files.toList());
    }
  }

  @Test
  void write_interrupted_leavesWhatWasThere() throws IOException {
    StateFile state = new StateFile(file());
    state.write(KEYS);
    Files.writeString(
        file().resolveSibling("state.new"), "evenkeel ipvs 1\n" + "tcp 192.0.2.9:80\n".repeat(9));

    assertEquals(KEYS, state.read());
    state.write(Set.of(Tables.tcp("192.0.2.1", 80)));
    assertEquals(Set.of(Tables.tcp("192.0.2.1", 80)), state.read());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tcp 192.0.2.1",
        "tcp web.example:80",
        "icmp 192.0.2.1:80",
        "tcp 192.0.2.1:65536",
        "mark 0 ipv4",
        "mark 1",
        "mark 1 ipx",
        "mark x ipv4",
        "tcp 192.0.2.1:80 more",
        ""
      })
  void read_otherLine_isRefusedWithItsNumber(String line) throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "evenkeel ipvs 1\ntcp 192.0.2.1:80\n" + line + "\n");

    assertEquals(
        "state file: "
            + file()
            + ", line 3 (expected: PROTOCOL ADDRESS:PORT or mark NUMBER FAMILY)",
        assertThrows(IOException.class, () -> new StateFile(file()).read()).getMessage());
  }

  @Test
  void read_otherFile_isRefused() throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "");

    assertEquals(
        "state file: " + file() + ", line 1 (expected: evenkeel ipvs 1)",
        assertThrows(IOException.class, () -> new StateFile(file()).read()).getMessage());
  }
}

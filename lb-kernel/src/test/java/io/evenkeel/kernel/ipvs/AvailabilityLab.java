package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may use the kernel's IPVS, in which namespace, and its settings. */
public class AvailabilityLab {
  private static final String EXPECTED =
      " (expected: CAP_NET_ADMIN in the initial user namespace)\n";

  @Test
  void isAvailable_rootHere_isTrue() {
    assertTrue(Ipvs.isAvailable(), String.valueOf(Ipvs.unavailabilityCause()));
  }

  @Test
  void unavailabilityCause_unprivilegedUser_isTheMissingCapability() throws Exception {
    assertEquals(
        "IPVS: no CAP_NET_ADMIN" + EXPECTED,
        causeWith(
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            // The class path may be in a home that others cannot read.
            "--inh-caps=+dac_read_search",
            "--ambient-caps=+dac_read_search"));
    assertEquals(
        "IPVS: no CAP_NET_ADMIN" + EXPECTED, causeWith("setpriv", "--bounding-set=-net_admin"));
  }

  @Test
  void unavailabilityCause_rootOfAUserNamespace_isTheNamespace() throws Exception {
    assertEquals(
        "IPVS: not permitted in a user namespace" + EXPECTED,
        causeWith("unshare", "--user", "--map-root-user"));
    assertEquals(
        "IPVS: not permitted in a user namespace" + EXPECTED,
        causeWith("unshare", "--user", "--map-root-user", "--net"));
  }

  @Test
  void open_namespaceWithoutCapSysAdmin_saysSo() throws Exception {
    LabCommands.ip("netns add locked");
    try {
      assertEquals(
          "network namespace locked: not permitted (expected: CAP_SYS_ADMIN)\n",
          output(Opening.class, "setpriv", "--bounding-set=-sys_admin"));
    } finally {
      LabCommands.ip("netns delete locked");
    }
  }

  @Test
  void open_unknownNamespace_saysSo() {
    assertEquals(
        "network namespace nowhere: open: No such file or directory (errno 2)",
        assertThrows(IOException.class, () -> Ipvs.open("nowhere")).getMessage());
  }

  @Test
  void sysctls_all_areKnownAndHaveTheirFiles() throws Exception {
    try (Ipvs ipvs = Ipvs.open();
        Stream<Path> files = Files.list(Path.of("/proc/sys/net/ipv4/vs"))) {
      Set<String> unknown =
          files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
      Map<IpvsSysctl, Long> read = ipvs.sysctls();
      read.keySet().forEach(sysctl -> unknown.remove(sysctl.file()));

      unknown.remove("est_cpulist");
      assertEquals(Set.of(), unknown);
      assertEquals(3, read.get(IpvsSysctl.SYNC_THRESHOLD));
      assertEquals(50, read.get(IpvsSysctl.SYNC_PERIOD));
      assertEquals(86_400, read.get(IpvsSysctl.LBLC_EXPIRATION));
    }
  }

  /** Each is set to a value of its own in a namespace, and the machine's own stay as they are. */
  @Test
  void set_everyOneInANamespace_isReadBackThereAlone() throws Exception {
    LabCommands.ip("netns add director");
    try (Ipvs here = Ipvs.open();
        Ipvs there = Ipvs.open("director")) {
      Map<IpvsSysctl, Long> before = here.sysctls();
      Map<IpvsSysctl, Long> initial = there.sysctls();
      // The kernel lets it be changed in the initial namespace only: it is one for all.
      initial.remove(IpvsSysctl.DEBUG_LEVEL);
      List<String> wrong = new ArrayList<>();
      Set<IpvsSysctl> changed = new HashSet<>();
      for (Map.Entry<IpvsSysctl, Long> one : initial.entrySet()) {
        IpvsSysctl sysctl = one.getKey();
        for (long value : List.of(sysctl.min(), Math.min(sysctl.max(), one.getValue() + 1))) {
          there.set(sysctl, value);
          long after = there.sysctls().getOrDefault(sysctl, -1L);
          if (after != value) {
            wrong.add(sysctl + ": " + value + " became " + after);
          }
        }
        changed.add(sysctl);
      }

      assertEquals(List.of(), wrong);
      assertEquals(initial.keySet(), changed);
      assertTrue(changed.size() > 20, changed.toString());
      assertEquals(before, here.sysctls());
    } finally {
      LabCommands.ip("netns delete director");
    }
  }

  private static String causeWith(String... command) throws Exception {
    return output(Cause.class, command);
  }

  private static String output(Class<?> main, String... prefix) throws Exception {
    // The guest's own file system: in the machine's, what a user makes is not his.
    Path open = Files.createTempDirectory(Path.of("/run"), "evenkeel");
    try {
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
      return output(open, main, prefix);
    } finally {
      LabCommands.run("rm", "-r", open.toString());
    }
  }

  private static String output(Path open, Class<?> main, String... prefix) throws Exception {
    List<String> command = new ArrayList<>(List.of(prefix));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 24) {
      // Else it warns.
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Djava.io.tmpdir=" + open,
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    return LabCommands.run(command.toArray(String[]::new));
  }

  /** What another user is told. */
  static final class Cause {
    private Cause() {}

    public static void main(String[] args) {
      System.out.println(Ipvs.unavailabilityCause());
    }
  }

  /** What comes of entering a namespace. */
  static final class Opening {
    private Opening() {}

    public static void main(String[] args) {
      try (Ipvs ipvs = Ipvs.open("locked")) {
        System.out.println("open: " + ipvs.getClass());
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}

package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code evenkeel doctor} in a network namespace, before and after it got what it prescribes. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DoctorCommandIT {
  private static final String NAMESPACE = "ekd" + ProcessHandle.current().pid();
  private static final List<String> INSIDE = List.of("ip", "netns", "exec", NAMESPACE);

  @BeforeEach
  void makeNamespace() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root, to make namespaces");
    assumeTrue(
        new ProcessBuilder("unshare", "--net", "true").start().waitFor() == 0,
        "needs CAP_SYS_ADMIN, to make namespaces");
    run("ip netns add " + NAMESPACE);
    run("ip -n " + NAMESPACE + " link add ek0 type veth peer name ek1");
    run("ip -n " + NAMESPACE + " link set ek0 up");
    // Whatever the machine gives to new namespaces.
    for (String setting :
        List.of("ipv4.ip_forward", "ipv4.conf.all.arp_ignore", "ipv4.conf.all.arp_announce")) {
      run(String.join(" ", INSIDE) + " sysctl -qw net." + setting + "=0");
    }
  }

  @AfterEach
  void removeNamespace() throws Exception {
    new ProcessBuilder("ip", "netns", "del", NAMESPACE).start().waitFor(10, TimeUnit.SECONDS);
  }

  @Test
  void doctor_realServer_lacksNothingOnceItGotWhatItSays() throws Exception {
    String[] arguments = {"doctor", "--real-server", "--dr", "--vip=10.9.0.100"};
    List<String> commands = new ArrayList<>();
    try (EvenkeelJar doctor = EvenkeelJar.start(INSIDE, arguments)) {
      assertEquals(1, doctor.await());
      assertEquals(List.of(), doctor.err());
      assertEquals(
          List.of(
              "missing  dr       virtual address 10.9.0.100/32: none (expected: on lo)",
              "                  # ip addr add 10.9.0.100/32 dev lo",
              "missing  dr       net.ipv4.conf.ek0.arp_ignore: 0, with that of all"
                  + " (expected: 1..2)",
              "                  # sysctl -w net.ipv4.conf.all.arp_ignore=1",
              "missing  dr       net.ipv4.conf.ek0.arp_announce: 0, with that of all"
                  + " (expected: 2)",
              "                  # sysctl -w net.ipv4.conf.all.arp_announce=2"),
          doctor.out());
      doctor.out().stream()
          .filter(line -> line.startsWith("                  # "))
          .forEach(line -> commands.add(line.strip().substring(2)));
    }

    for (String command : commands) {
      run(String.join(" ", INSIDE) + " " + command);
    }

    try (EvenkeelJar doctor = EvenkeelJar.start(INSIDE, arguments)) {
      assertEquals(0, doctor.await());
      assertEquals(List.of(), doctor.err());
      assertTrue(doctor.out().stream().allMatch(line -> line.startsWith("OK ")));
    }
  }

  /** Whether the kernel here has IPVS or not. */
  @Test
  void doctor_director_endsByWhatItFound() throws Exception {
    try (EvenkeelJar doctor = EvenkeelJar.start(INSIDE, "doctor")) {
      int status = doctor.await();

      List<String> out = doctor.out();
      assertEquals(List.of(), doctor.err());
      assertEquals(1, status, out::toString);
      assertTrue(out.contains("missing  nat      net.ipv4.ip_forward: 0 (expected: 1)"));
      assertTrue(out.contains("                  # sysctl -w net.ipv4.ip_forward=1"));
      assertTrue(out.stream().anyMatch(line -> line.matches("(OK     |missing)  ipvs     .*")));
      assertTrue(out.stream().anyMatch(line -> line.contains("# iptables -t nat ")));
      assertTrue(out.stream().anyMatch(line -> line.contains("# iptables -t mangle ")));
    }
  }

  private static void run(String command) throws Exception {
    Process process = new ProcessBuilder(command.split(" ", -1)).start();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), command);
    assertEquals(0, process.exitValue(), command);
  }
}

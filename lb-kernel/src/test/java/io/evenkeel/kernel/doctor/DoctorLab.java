package io.evenkeel.kernel.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the doctor prescribes is given to the machine that it looked at: then nothing is missing.
 */
public class DoctorLab {
  private static final Path MODULES = Path.of("/run/modules");
  private static final String DEVICE = "ek0";

  /** A machine of its own: it ends with the test. */
  @BeforeAll
  static void makeDevice() throws Exception {
    for (String command :
        List.of(
            "ip link add " + DEVICE + " type veth peer name ek1",
            "ip addr add 10.9.0.1/24 dev " + DEVICE,
            "ip addr add fd09::1/64 dev " + DEVICE + " nodad",
            "ip link set ek1 up",
            "ip link set " + DEVICE + " up")) {
      run(command);
    }
  }

  @Test
  void director_mended_lacksNothing() throws Exception {
    Plan plan = new Plan(EnumSet.allOf(Use.class), false, true, null);
    run("sysctl -qw net.ipv4.conf.all.send_redirects=1");
    run("sysctl -qw net.ipv4.ip_forward=0");
    run("sysctl -qw net.ipv6.conf.all.forwarding=0");

    List<Finding> before = Doctor.examine(plan);
    assertEquals(Finding.State.OK, before.get(0).state(), before.toString());
    assertEquals(3, missing(before).size(), before.toString());

    mend(before);

    assertEquals(List.of(), missing(Doctor.examine(plan)));
  }

  @Test
  void realServer_mended_lacksNothing() throws Exception {
    InetAddress vip = InetAddress.getByName("10.9.0.100");
    run("sysctl -qw net.ipv4.conf.all.rp_filter=0");
    run("sysctl -qw net.ipv4.conf.default.rp_filter=1");
    for (Use use : List.of(Use.NAT, Use.TUN, Use.DR)) {
      Plan plan = new Plan(EnumSet.of(use), true, false, vip);
      List<Finding> before = Doctor.examine(plan);
      assertFalse(use != Use.DR && missing(before).isEmpty(), before.toString());
      mend(before);
      assertEquals(List.of(), missing(Doctor.examine(plan)));
    }
    Plan all = new Plan(EnumSet.allOf(Use.class), true, false, null);
    assertEquals(List.of(), missing(Doctor.examine(all)));
  }

  @Test
  void realServerOfV6_mended_lacksNothing() throws Exception {
    InetAddress vip = InetAddress.getByName("fd09::64");
    for (Use use : List.of(Use.NAT, Use.TUN, Use.DR)) {
      Plan plan = new Plan(EnumSet.of(use), true, false, vip);
      List<Finding> before = Doctor.examine(plan);
      // Each needs one thing; where the address is for tunnels it serves for direct routing.
      assertEquals(use == Use.DR, missing(before).isEmpty(), before.toString());
      mend(before);
      assertEquals(List.of(), missing(Doctor.examine(plan)));
    }
  }

  private static List<Finding> missing(List<Finding> findings) {
    return findings.stream().filter(f -> f.state() == Finding.State.MISSING).toList();
  }

  private static void mend(List<Finding> findings) throws Exception {
    for (Finding finding : missing(findings)) {
      assertFalse(finding.mend().isEmpty(), finding.toString());
      for (String command : finding.mend()) {
        String director = command.startsWith("ip -6") ? "fd09::2" : "10.9.0.2";
        String whole = command.replace("DIRECTOR", director);
        // The guest's modules are not where modprobe looks for them.
        run(
            Files.isDirectory(MODULES)
                ? whole.replace("modprobe ", "modprobe -d " + MODULES + " ")
                : whole);
      }
    }
  }

  private static void run(String command) throws Exception {
    Process process = new ProcessBuilder(command.split(" ", -1)).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), command);
    assertEquals(0, process.exitValue(), command + ": " + output);
  }
}

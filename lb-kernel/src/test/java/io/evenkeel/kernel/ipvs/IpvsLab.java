package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The binding against the kernel itself, and {@code ipvsadm}; run by {@code IpvsLabIT}. */
public class IpvsLab {
  private static final List<String> SCHEDULERS =
      List.of(
          "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh");

  private Ipvs ipvs;

  @BeforeEach
  void open() throws Exception {
    ipvs = Ipvs.open();
  }

  @AfterEach
  void flush() throws Exception {
    for (IpvsDaemon daemon : ipvs.daemons()) {
      ipvs.stop(daemon.role());
    }
    ipvs.apply(new IpvsChange.Flush());
    ipvs.close();
  }

  /** What is set, and what {@code ipvsadm -Sn} says of it. */
  @Test
  void services_everyValue_areReadBackEqualAndAsIpvsadmSays() throws Exception {
    LabCommands.module("ip_vs_pe_sip");
    Map<IpvsService, String> services = new LinkedHashMap<>();
    for (int i = 0; i < SCHEDULERS.size(); i++) {
      services.put(
          IpvsService.of(tcp(1000 + i), SCHEDULERS.get(i)),
          "-A -t 10.1.0.1:" + (1000 + i) + " -s " + SCHEDULERS.get(i));
    }
    for (IpvsProtocol protocol : IpvsProtocol.values()) {
      String option =
          protocol == IpvsProtocol.SCTP ? "--sctp-service" : "-" + protocol.toString().charAt(0);
      services.put(
          IpvsService.of(new IpvsAddress(protocol, inet("10.1.0.2"), 80), "rr"),
          "-A " + option + " 10.1.0.2:80 -s rr");
      services.put(
          IpvsService.of(new IpvsAddress(protocol, inet("2001:db8::2"), 65535), "rr"),
          "-A " + option + " [2001:db8::2]:65535 -s rr");
    }
    services.put(
        IpvsService.of(new IpvsMark(0xffff_fffeL, AddressFamily.IPV4), "rr"),
        // ipvsadm takes marks over 2147483647 for negative.
        "-A -f -2 -s rr");
    services.put(IpvsService.of(new IpvsMark(1, AddressFamily.IPV6), "rr"), "-A -f 1 -6 -s rr");
    services.put(
        new IpvsService(
            tcp(2001), "sh", Set.of(SchedulerFlag.FIRST, SchedulerFlag.SECOND), null, false),
        "-A -t 10.1.0.1:2001 -s sh -b sh-fallback,sh-port");
    services.put(
        new IpvsService(tcp(2002), "mh", Set.of(SchedulerFlag.FIRST), null, false),
        "-A -t 10.1.0.1:2002 -s mh -b mh-fallback");
    services.put(
        new IpvsService(tcp(2003), "mh", Set.of(SchedulerFlag.SECOND), null, false),
        "-A -t 10.1.0.1:2003 -s mh -b mh-port");
    services.put(
        new IpvsService(tcp(2004), "rr", Set.of(SchedulerFlag.values()), null, false),
        "-A -t 10.1.0.1:2004 -s rr -b flag-1,flag-2,flag-3");
    services.put(persistent(tcp(0), 300, 32, null), "-A -t 10.1.0.1:0 -s wlc -p 300");
    services.put(
        persistent(tcp(2005), 1, 24, null), "-A -t 10.1.0.1:2005 -s wlc -p 1 -M 255.255.255.0");
    services.put(
        persistent(tcp(2006), 42_949, 0, null), "-A -t 10.1.0.1:2006 -s wlc -p 42949 -M 0.0.0.0");
    services.put(
        persistent(new IpvsAddress(IpvsProtocol.TCP, inet("2001:db8::3"), 80), 60, 64, null),
        "-A -t [2001:db8::3]:80 -s wlc -p 60 -M 64");
    services.put(
        persistent(new IpvsAddress(IpvsProtocol.UDP, inet("10.1.0.1"), 5060), 60, 32, "sip"),
        "-A -u 10.1.0.1:5060 -s wlc -p 60 --pe sip");
    services.put(
        new IpvsService(
            new IpvsAddress(IpvsProtocol.UDP, inet("10.1.0.1"), 53), "rr", Set.of(), null, true),
        "-A -u 10.1.0.1:53 -s rr -o");

    ipvs.apply(services.keySet().stream().map(IpvsChange.AddService::new).toList());

    assertEquals(
        services.keySet(),
        ipvs.services().stream().map(ServiceStatus::service).collect(Collectors.toSet()));
    for (IpvsService service : services.keySet()) {
      assertEquals(
          Optional.of(new ServiceStatus(service, IpvsStats.ZERO)), ipvs.service(service.key()));
    }
    assertSaved(services.values());
  }

  /** {@code ipvsadm} leaves thresholds out where it saves rules. */
  @Test
  void destinations_everyValue_areReadBackEqualAndAsIpvsadmSays() throws Exception {
    IpvsKey v4 = tcp(80);
    IpvsKey v6 = new IpvsAddress(IpvsProtocol.TCP, inet("2001:db8::1"), 80);
    Map<IpvsDestination, String> ofV4 = new LinkedHashMap<>();
    ofV4.put(
        new IpvsDestination(inet("10.2.0.1"), 8080, ForwardingMethod.MASQUERADE, null, 65535, 9, 5),
        "-r 10.2.0.1:8080 -m -w 65535");
    ofV4.put(
        IpvsDestination.of(inet("10.2.0.2"), 80, ForwardingMethod.DIRECT, 0),
        "-r 10.2.0.2:80 -g -w 0");
    tunnels("10.2.1.", ofV4);
    tunnels("2001:db8:1::", ofV4);
    Map<IpvsDestination, String> ofV6 = new LinkedHashMap<>();
    ofV6.put(
        new IpvsDestination(
            inet("2001:db8:2::1"), 8080, ForwardingMethod.MASQUERADE, null, 1, 4_000_000_000L, 0),
        "-r [2001:db8:2::1]:8080 -m -w 1");
    ofV6.put(
        IpvsDestination.of(inet("2001:db8:2::2"), 80, ForwardingMethod.DIRECT, 3),
        "-r [2001:db8:2::2]:80 -g -w 3");
    tunnels("10.2.2.", ofV6);
    tunnels("2001:db8:3::", ofV6);
    List<IpvsChange> changes =
        new ArrayList<>(
            List.of(
                new IpvsChange.AddService(IpvsService.of(v4, "rr")),
                new IpvsChange.AddService(IpvsService.of(v6, "rr"))));
    ofV4.keySet().forEach(one -> changes.add(new IpvsChange.AddDestination(v4, one)));
    ofV6.keySet().forEach(one -> changes.add(new IpvsChange.AddDestination(v6, one)));

    ipvs.apply(changes);

    assertEquals(reversed(ofV4.keySet()), destinations(v4));
    assertEquals(reversed(ofV6.keySet()), destinations(v6));
    List<String> lines = new ArrayList<>(List.of("-A -t 10.1.0.1:80 -s rr"));
    lines.add("-A -t [2001:db8::1]:80 -s rr");
    ofV4.values().forEach(line -> lines.add("-a -t 10.1.0.1:80 " + line));
    ofV6.values().forEach(line -> lines.add("-a -t [2001:db8::1]:80 " + line));
    assertSaved(lines);
  }

  /** LOCAL and BYPASS have no option of ipvsadm. */
  @Test
  void destinations_methodsOfTheKernelsOwn_areReadBackEqual() throws Exception {
    ipvs.apply(new IpvsChange.AddService(IpvsService.of(tcp(80), "rr")));
    for (ForwardingMethod method : List.of(ForwardingMethod.LOCAL, ForwardingMethod.BYPASS)) {
      IpvsDestination one = IpvsDestination.of(inet("10.2.0.1"), 80, method, 1);
      ipvs.apply(new IpvsChange.AddDestination(tcp(80), one));
      assertEquals(List.of(one), destinations(tcp(80)));
      ipvs.apply(new IpvsChange.DeleteDestination(tcp(80), one));
    }
  }

  /** What is no prefix to this library must not hide the rest of the table. */
  @Test
  void services_ofAnotherProgramWithAnyNetmask_areReadWithTheOthers() throws Exception {
    IpvsKey key = new IpvsAddress(IpvsProtocol.TCP, inet("9.9.9.9"), 80);
    ipvs.apply(new IpvsChange.AddService(IpvsService.of(tcp(80), "rr")));
    LabCommands.run(
        "ipvsadm", "-A", "-t", "9.9.9.9:80", "-s", "wlc", "-p", "7", "-M", "255.0.255.0");

    IpvsService foreign =
        new IpvsService(
            key, "wlc", Set.of(), IpvsPersistence.ofNetmask(7, 0xff00ff00, null), false);
    assertEquals(
        Set.of(foreign, IpvsService.of(tcp(80), "rr")),
        ipvs.services().stream().map(ServiceStatus::service).collect(Collectors.toSet()));
    ipvs.apply(new IpvsChange.DeleteService(key));
    ipvs.apply(new IpvsChange.AddService(foreign));
    assertSaved(List.of("-A -t 10.1.0.1:80 -s rr", "-A -t 9.9.9.9:80 -s wlc -p 7 -M 255.0.255.0"));
  }

  /** The kernel asks for a port of GUE, and looks at nothing else; ipvsadm does. */
  @Test
  void destinations_tunnelsWithWhatTheyDoNotUse_areReadBackEqual() throws Exception {
    ipvs.apply(new IpvsChange.AddService(IpvsService.of(tcp(80), "rr")));
    for (IpvsTunnel.Type type : IpvsTunnel.Type.values()) {
      for (IpvsTunnel.Checksum checksum : IpvsTunnel.Checksum.values()) {
        IpvsDestination one =
            new IpvsDestination(
                inet("10.2.0.1"),
                80,
                ForwardingMethod.TUNNEL,
                new IpvsTunnel(type, 65535, checksum),
                1,
                0,
                0);
        ipvs.apply(new IpvsChange.AddDestination(tcp(80), one));
        assertEquals(List.of(one), destinations(tcp(80)));
        ipvs.apply(new IpvsChange.DeleteDestination(tcp(80), one));
      }
    }
  }

  /** Of another program: a timeout that this kernel counts, and one that is none. */
  @Test
  void services_timeoutsBeyondACallersOwn_areReadBackEqual() throws Exception {
    for (long timeout : new long[] {0, 4_294_968, 42_949_672}) {
      IpvsService service =
          new IpvsService(
              tcp(80), "rr", Set.of(), new IpvsPersistence(timeout, 32, 0, null), false);
      ipvs.apply(new IpvsChange.AddService(service));
      assertEquals(service, ipvs.service(tcp(80)).orElseThrow().service());
      ipvs.apply(new IpvsChange.DeleteService(tcp(80)));
    }
  }

  @Test
  void edit_everything_keepsThePlaceAndIsReadBackEqual() throws Exception {
    IpvsDestination first = IpvsDestination.of(inet("10.2.0.1"), 80, ForwardingMethod.DIRECT, 1);
    IpvsDestination second = IpvsDestination.of(inet("10.2.0.2"), 80, ForwardingMethod.DIRECT, 1);
    ipvs.apply(
        List.of(
            new IpvsChange.AddService(persistent(tcp(80), 300, 24, null)),
            new IpvsChange.AddDestination(tcp(80), first),
            new IpvsChange.AddDestination(tcp(80), second)));
    IpvsService changed = new IpvsService(tcp(80), "sh", Set.of(SchedulerFlag.SECOND), null, false);
    IpvsDestination tunnelled =
        new IpvsDestination(
            first.address(),
            80,
            ForwardingMethod.TUNNEL,
            new IpvsTunnel(IpvsTunnel.Type.GUE, 6080, IpvsTunnel.Checksum.REMOTE),
            7,
            8,
            6);

    ipvs.apply(
        List.of(
            new IpvsChange.EditService(changed),
            new IpvsChange.EditDestination(tcp(80), tunnelled)));
    assertEquals(changed, ipvs.service(tcp(80)).orElseThrow().service());
    assertEquals(List.of(second, tunnelled), destinations(tcp(80)));

    ipvs.apply(new IpvsChange.EditDestination(tcp(80), first));
    ipvs.apply(new IpvsChange.EditService(persistent(tcp(80), 5, 32, null)));
    assertEquals(List.of(second, first), destinations(tcp(80)));
    assertEquals(persistent(tcp(80), 5, 32, null), ipvs.service(tcp(80)).orElseThrow().service());
  }

  @Test
  void delete_andFlush_leaveNothing() throws Exception {
    IpvsDestination server =
        IpvsDestination.of(inet("10.2.0.1"), 80, ForwardingMethod.MASQUERADE, 1);
    ipvs.apply(
        List.of(
            new IpvsChange.AddService(IpvsService.of(tcp(80), "rr")),
            new IpvsChange.AddService(IpvsService.of(tcp(81), "rr")),
            new IpvsChange.AddDestination(tcp(80), server),
            new IpvsChange.AddDestination(tcp(81), server)));

    ipvs.apply(new IpvsChange.DeleteDestination(tcp(80), server));
    assertEquals(List.of(), destinations(tcp(80)));
    ipvs.apply(new IpvsChange.DeleteService(tcp(80)));
    assertEquals(Optional.empty(), ipvs.service(tcp(80)));
    assertEquals(List.of(), destinations(tcp(80)));
    ipvs.apply(new IpvsChange.Flush());
    assertEquals(List.of(), ipvs.services());
  }

  @Test
  void apply_someRefused_othersHoldAndTheRefusalsAreNamed() throws Exception {
    IpvsService there = IpvsService.of(tcp(80), "rr");
    IpvsDestination server = IpvsDestination.of(inet("10.2.0.1"), 80, ForwardingMethod.DIRECT, 1);
    List<IpvsChange> changes =
        List.of(
            new IpvsChange.DeleteService(new IpvsMark(11, AddressFamily.IPV4)),
            new IpvsChange.AddService(there),
            new IpvsChange.AddService(there),
            new IpvsChange.AddService(IpvsService.of(tcp(81), "nonesuch")),
            new IpvsChange.EditDestination(tcp(80), server),
            new IpvsChange.DeleteDestination(tcp(80), server),
            new IpvsChange.AddDestination(tcp(80), server),
            new IpvsChange.AddDestination(tcp(80), server));

    IpvsException refused = assertThrows(IpvsException.class, () -> ipvs.apply(changes));

    assertEquals(
        List.of(
            changes.get(0),
            changes.get(2),
            changes.get(3),
            changes.get(4),
            changes.get(5),
            changes.get(7)),
        refused.refusals().stream().map(IpvsException.Refusal::change).toList());
    assertEquals(
        List.of(Errno.ESRCH, Errno.EEXIST, Errno.ENOENT, Errno.ENOENT, Errno.ENOENT, Errno.EEXIST),
        refused.refusals().stream().map(IpvsException.Refusal::errno).toList());
    assertEquals(
        "ipvs delete service: No such process (errno 3)", refused.refusals().get(0).words());
    assertEquals(List.of(server), destinations(tcp(80)));
  }

  @Test
  void timeouts_set_areReadBackAndZeroLeavesThem() throws Exception {
    IpvsTimeouts before = ipvs.timeouts();
    assertEquals(new IpvsTimeouts(900, 120, 300), before);
    try {
      ipvs.setTimeouts(new IpvsTimeouts(1, 2, 3));
      assertEquals(new IpvsTimeouts(1, 2, 3), ipvs.timeouts());
      ipvs.setTimeouts(new IpvsTimeouts(0, 77, 0));
      assertEquals(new IpvsTimeouts(1, 77, 3), ipvs.timeouts());
      assertEquals(
          "Timeout (tcp tcpfin udp): 1 77 3\n", LabCommands.run("ipvsadm", "-L", "--timeout"));
      LabCommands.run("ipvsadm", "--set", "2678400", "0", "0");
      assertEquals(new IpvsTimeouts(2_678_400, 77, 3), ipvs.timeouts());
      ipvs.setTimeouts(new IpvsTimeouts(0, 2_678_399, 21_474_836));
      assertEquals(
          "Timeout (tcp tcpfin udp): 2678400 2678399 21474836\n",
          LabCommands.run("ipvsadm", "-L", "--timeout"));
    } finally {
      ipvs.setTimeouts(before);
    }
  }

  @Test
  void daemons_everyValue_areReadBackEqual() throws Exception {
    LabCommands.ip(
        "link add sync0 type veth peer name sync1",
        "link set sync0 up",
        "link set sync1 up",
        "address add fd00::1/64 dev sync0 nodad",
        "address add 10.255.0.1/24 dev sync0");
    IpvsDaemon master =
        new IpvsDaemon(IpvsDaemon.Role.MASTER, "sync0", 255, 9000, inet("ff02::81"), 65535, 255);
    IpvsDaemon backup =
        new IpvsDaemon(IpvsDaemon.Role.BACKUP, "sync0", 1, 1024, inet("239.1.2.3"), 1, 1);

    ipvs.start(master);
    ipvs.start(backup);
    assertEquals(Set.of(master, backup), Set.copyOf(ipvs.daemons()));
    assertEquals(
        Errno.EEXIST, assertThrows(KernelException.class, () -> ipvs.start(backup)).errno());
    ipvs.stop(IpvsDaemon.Role.MASTER);
    assertEquals(List.of(backup), ipvs.daemons());
    ipvs.stop(IpvsDaemon.Role.BACKUP);
    assertEquals(List.of(), ipvs.daemons());
    assertEquals(
        Errno.ESRCH,
        assertThrows(KernelException.class, () -> ipvs.stop(IpvsDaemon.Role.BACKUP)).errno());
    assertEquals(
        Errno.ENODEV,
        assertThrows(
                KernelException.class,
                () -> ipvs.start(IpvsDaemon.of(IpvsDaemon.Role.MASTER, "nonesuch", 0)))
            .errno());
  }

  @Test
  void daemons_ofTheKernelsOwnValues_areWhatItTook() throws Exception {
    ipvs.start(IpvsDaemon.of(IpvsDaemon.Role.MASTER, "lo", 3));

    assertEquals(
        List.of(new IpvsDaemon(IpvsDaemon.Role.MASTER, "lo", 3, 1472, inet("224.0.0.81"), 8848, 1)),
        ipvs.daemons());
  }

  /** A thread that is stopped before it ran makes the kernel answer nothing at all. */
  @Test
  void daemons_stoppedAtOnce_doNotTimeOut() throws Exception {
    for (int i = 0; i < 20; i++) {
      ipvs.start(IpvsDaemon.of(IpvsDaemon.Role.MASTER, "lo", 3));
      ipvs.stop(IpvsDaemon.Role.MASTER);
      assertEquals(List.of(), ipvs.daemons());
    }
  }

  /** The sync protocol cannot tell of both families at once. */
  @Test
  void daemons_besideMixedFamilies_areRefused() throws Exception {
    IpvsDestination six = IpvsDestination.of(inet("2001:db8::9"), 80, ForwardingMethod.TUNNEL, 1);
    ipvs.apply(
        List.of(
            new IpvsChange.AddService(IpvsService.of(tcp(80), "rr")),
            new IpvsChange.AddDestination(tcp(80), six)));

    assertEquals(
        Errno.EINVAL,
        assertThrows(
                KernelException.class,
                () -> ipvs.start(IpvsDaemon.of(IpvsDaemon.Role.MASTER, "lo", 0)))
            .errno());
  }

  @Test
  void info_version_isTheKernels() throws Exception {
    IpvsInfo info = ipvs.info();

    assertTrue(
        LabCommands.run("cat", "/proc/net/ip_vs")
            .startsWith(
                "IP Virtual Server version "
                    + info.major()
                    + "."
                    + info.minor()
                    + "."
                    + info.patch()
                    + " (size="
                    + info.connectionTableSize()
                    + ")"),
        info.toString());
  }

  private static void tunnels(String prefix, Map<IpvsDestination, String> found) throws Exception {
    List<IpvsTunnel> tunnels =
        List.of(
            IpvsTunnel.IPIP,
            new IpvsTunnel(IpvsTunnel.Type.GUE, 6080, IpvsTunnel.Checksum.NONE),
            new IpvsTunnel(IpvsTunnel.Type.GUE, 1, IpvsTunnel.Checksum.PRESENT),
            new IpvsTunnel(IpvsTunnel.Type.GUE, 65535, IpvsTunnel.Checksum.REMOTE),
            new IpvsTunnel(IpvsTunnel.Type.GRE, 0, IpvsTunnel.Checksum.NONE),
            new IpvsTunnel(IpvsTunnel.Type.GRE, 0, IpvsTunnel.Checksum.PRESENT));
    List<String> options =
        List.of(
            " --tun-type ipip",
            " --tun-type gue --tun-port 6080 --tun-nocsum",
            " --tun-type gue --tun-port 1 --tun-csum",
            " --tun-type gue --tun-port 65535 --tun-remcsum",
            " --tun-type gre --tun-nocsum",
            " --tun-type gre --tun-csum");
    for (int i = 0; i < tunnels.size(); i++) {
      String host = prefix + (i + 1);
      found.put(
          new IpvsDestination(inet(host), 80, ForwardingMethod.TUNNEL, tunnels.get(i), 1 + i, 0, 0),
          "-r "
              + (host.contains(":") ? "[" + host + "]" : host)
              + ":80 -i"
              + " -w "
              + (1 + i)
              + options.get(i));
    }
  }

  private static List<IpvsDestination> reversed(Set<IpvsDestination> added) {
    List<IpvsDestination> newestFirst = new ArrayList<>(added);
    Collections.reverse(newestFirst);
    return newestFirst;
  }

  private List<IpvsDestination> destinations(IpvsKey key) throws Exception {
    return ipvs.destinations(key).stream().map(DestinationStatus::destination).toList();
  }

  private static void assertSaved(Collection<String> lines) throws Exception {
    Set<String> saved = saved();
    Set<String> missing = new HashSet<>(lines);
    missing.removeAll(saved);
    saved.removeAll(new HashSet<>(lines));
    assertEquals(List.of(Set.of(), Set.of()), List.of(missing, saved), "missing, and too many");
  }

  private static Set<String> saved() throws Exception {
    return Arrays.stream(LabCommands.run("ipvsadm", "-Sn").split("\n", -1))
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.toSet());
  }

  private static IpvsService persistent(
      IpvsKey key, long timeout, int prefix, @Nullable String engine) {
    return new IpvsService(
        key, "wlc", Set.of(), new IpvsPersistence(timeout, prefix, engine), false);
  }

  private static IpvsAddress tcp(int port) throws Exception {
    return new IpvsAddress(IpvsProtocol.TCP, inet("10.1.0.1"), port);
  }

  private static InetAddress inet(String address) throws Exception {
    return InetAddress.getByName(address);
  }
}

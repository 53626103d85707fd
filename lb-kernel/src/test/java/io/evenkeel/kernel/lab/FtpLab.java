package io.evenkeel.kernel.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsConnection;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsPersistence;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.ipvs.IpvsService;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Lab 4, FTP: vsftpd behind address translation, in the network of {@link NatNetwork}, with the
 * kernel's module ip_vs_ftp, which reads and mends the addresses that FTP speaks of. The client has
 * no way to these, nor the servers' data connections to the client without it.
 */
@ParameterizedClass
@EnumSource(Administrator.Kind.class)
public class FtpLab {
  private static final int FTP = 21;
  private static final int FTP_DATA = 20;

  private static NatNetwork network;
  private static Path directory;
  private static List<String> processes;

  FtpLab(Administrator.Kind kind) {}

  @BeforeParameterizedClassInvocation
  static void connect(Administrator.Kind kind) throws IOException {
    network = new NatNetwork(kind);
    processes = new ArrayList<>();
    directory = Files.createTempDirectory("ftp");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path empty = Files.createDirectory(directory.resolve("empty"));
    for (LabHost server : List.of(network.r1(), network.r2())) {
      Path files = Files.createDirectory(directory.resolve(server.toString()));
      Files.writeString(files.resolve("name-of-" + server), server + "\n");
      Files.writeString(files.resolve("name"), server + "\n");
      Path configuration =
          Files.writeString(
              directory.resolve(server + ".conf"),
              """
              listen_ipv6=YES
              listen=NO
              background=NO
              anonymous_enable=YES
              no_anon_password=YES
              anon_root=%s
              secure_chroot_dir=%s
              connect_from_port_20=YES
              isolate=NO
              isolate_network=NO
              seccomp_sandbox=NO
              """
                  .formatted(files, empty));
      processes.add(
          server.run(
              "vsftpd " + configuration + " >/dev/null 2>&1 </dev/null &",
              "echo $!",
              "for i in $(seq 600); do ss -Hltn | grep -q :21 && exit; sleep 0.1; done",
              "exit 1"));
    }
  }

  @AfterParameterizedClassInvocation
  static void disconnect() throws IOException {
    for (String process : processes) {
      network.director().run("kill " + process);
    }
    network.director().run("rm -r " + directory);
    network.close();
  }

  @AfterEach
  void clear() throws IOException {
    network.clear();
  }

  @ParameterizedTest
  @CsvSource({
    "IPV4, --no-ftp-skip-pasv-ip --disable-epsv, false",
    "IPV4, --no-ftp-skip-pasv-ip, false",
    "IPV4, --disable-eprt --ftp-port, true",
    "IPV4, --ftp-port, true",
    "IPV6, --no-ftp-skip-pasv-ip, false",
    "IPV6, --ftp-port, true",
  })
  void ftp_listAndGet_comeFromOneServer(AddressFamily family, String mode, boolean isActive)
      throws Exception {
    LabFlow flow = new LabFlow(family, IpvsProtocol.TCP);
    IpvsAddress address = network.address(flow, FTP);
    IpvsPersistence persistence = new IpvsPersistence(300, family.bits(), null);
    IpvsService service = new IpvsService(address, "rr", Set.of(), persistence, false);
    IpvsDestination one = network.destination(network.r1(), flow, FTP);
    IpvsDestination other = network.destination(network.r2(), flow, FTP);
    network.administrator().add(service, one, other);

    Set<String> servers = new HashSet<>();
    for (InetAddress client : network.clientAddresses(flow)) {
      Set<List<Integer>> before = dataPorts(client, isActive);
      String from = client.getHostAddress();
      String url = "ftp://" + LabTable.text(address.address(), FTP) + "/";
      String said =
          network
              .client()
              .run(
                  "curl -sSg -m 20 --interface "
                      + (from + " " + mode + " " + (isActive ? from : ""))
                      + (" " + url + " " + url + "name"));

      String[] lines = said.strip().split("\n", -1);
      String server = lines[lines.length - 1];
      servers.add(server);
      assertTrue(said.contains(" name-of-" + server + "\n"), said);
      Set<List<Integer>> after = dataPorts(client, isActive);
      after.removeAll(before);
      assertEquals(2, after.size(), "data connections");
      assertEquals(Set.of((server.equals("r1") ? one : other).address()), serversOf(client));
    }

    assertEquals(Set.of("r1", "r2"), servers);
    network.table().assertHolds(service, one, other);
    for (DestinationStatus status : network.table().destinations(address)) {
      assertEquals(1, status.persistent(), status::toString);
    }
  }

  /** The client's and the service's ports of data connections that the kernel knows. */
  private static Set<List<Integer>> dataPorts(InetAddress client, boolean isActive)
      throws IOException {
    return network.table().connections().stream()
        .filter(connection -> connection.client().equals(client) && !connection.isTemplate())
        .filter(
            connection ->
                isActive ? connection.virtualPort() == FTP_DATA : connection.virtualPort() > 1023)
        .map(connection -> List.of(connection.clientPort(), connection.virtualPort()))
        .collect(Collectors.toSet());
  }

  /** Where the kernel sends a client's connections, those of its template included. */
  private static Set<InetAddress> serversOf(InetAddress client) throws IOException {
    return network.table().connections().stream()
        .filter(connection -> connection.client().equals(client))
        .map(IpvsConnection::destination)
        .collect(Collectors.toSet());
  }
}

package io.evenkeel.kernel.ipvs;

import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A daemon of the kernel that tells other directors of connections, or hears of theirs.
 *
 * @param role which of the two
 * @param device that it sends from or listens on
 * @param syncId of the group of directors, 0..255; a backup with 0 hears all
 * @param maxLength of a message in bytes, 1..65507; 0: as the device's MTU allows. The kernel makes
 *     1024 of less for a backup
 * @param group multicast address; null: 224.0.0.81
 * @param port 1..65535; 0: 8848
 * @param ttl 1..255; 0: 1
 */
public record IpvsDaemon(
    Role role,
    String device,
    int syncId,
    int maxLength,
    @Nullable InetAddress group,
    int port,
    int ttl) {

  /** In the order of the kernel's numbers, from 1 (IP_VS_STATE_*). */
  public enum Role {
    /** Tells. */
    MASTER,
    /** Hears. */
    BACKUP
  }

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public IpvsDaemon {
    Objects.requireNonNull(role, "role");
    if (!device.matches("[^\\s/]{1,15}")) {
      throw new IllegalArgumentException(
          "daemon device: " + device + " (expected: a network device)");
    }
    Ranges.check("sync id", syncId, 0, 255);
    Ranges.check("sync length", maxLength, 0, 65507);
    Ranges.check("sync port", port, 0, 65535);
    Ranges.check("sync ttl", ttl, 0, 255);
    if (group != null && !group.isMulticastAddress()) {
      throw new IllegalArgumentException(
          "sync group: " + group.getHostAddress() + " (expected: a multicast address)");
    }
  }

  /**
   * With the kernel's own values.
   *
   * @param role which of the two
   * @param device that it sends from or listens on
   * @param syncId 0..255
   * @return the daemon
   */
  public static IpvsDaemon of(Role role, String device, int syncId) {
    return new IpvsDaemon(role, device, syncId, 0, null, 0, 0);
  }
}

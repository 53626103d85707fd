package io.evenkeel.vrrp.protocol;

import java.net.InetAddress;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is remembered of those that were heard; whoever was heard longest ago goes first. */
final class Peers {
  private static final int MIN_ROOM = 16;

  private final Map<InetAddress, Peer> byAddress = new LinkedHashMap<>();
  private final int room;

  /** One that was heard. */
  static final class Peer {
    /** Of the checksum of version 3 on IPv4; null: not heard. */
    @Nullable ChecksumForm form;

    /** Of its last authentication header; null: none. */
    @Nullable Long sequence;

    /** Of its last trailer; null: none. */
    @Nullable Long stamp;

    boolean speaksV3;

    /** If it speaks version 3: until when that is believed. */
    long v3UntilNanos;
  }

  /**
   * Remembers nobody yet.
   *
   * @param configured how many there are at least
   */
  Peers(int configured) {
    this.room = Math.max(MIN_ROOM, configured);
  }

  /**
   * What is remembered of one; what is changed in it of a new one is lost but by {@link #remember}.
   */
  Peer get(InetAddress address) {
    Peer peer = byAddress.get(address);
    return peer == null ? new Peer() : peer;
  }

  void remember(InetAddress address, Peer peer) {
    byAddress.remove(address);
    byAddress.put(address, peer);
    if (byAddress.size() > room) {
      byAddress.remove(byAddress.keySet().iterator().next());
    }
  }

  /** The forms of all. */
  Set<ChecksumForm> forms() {
    Set<ChecksumForm> forms = EnumSet.noneOf(ChecksumForm.class);
    for (Peer each : byAddress.values()) {
      if (each.form != null) {
        forms.add(each.form);
      }
    }
    return forms;
  }
}

package io.evenkeel.vrrp;

import io.evenkeel.vrrp.protocol.Phase;
import io.evenkeel.vrrp.track.Contribution;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a router is. Immutable.
 *
 * @param name its name
 * @param phase what it is
 * @param since when it became that
 * @param basePriority 1..255, as configured or changed since
 * @param priority effective, 1..255
 * @param source the address that it sends from; null: it has none
 * @param master whom it heard last as master; null: nobody, or it is itself
 * @param masterPriority what that one said, 0..255; 0: nobody was heard
 * @param faults what is missing, in words
 * @param contributions what is tracked, in the order in which it was given
 */
public record RouterStatus(
    String name,
    Phase phase,
    Instant since,
    int basePriority,
    int priority,
    @Nullable InetAddress source,
    @Nullable InetAddress master,
    int masterPriority,
    List<String> faults,
    List<Contribution> contributions) {
  /** Copies the lists. */
  public RouterStatus {
    faults = List.copyOf(faults);
    contributions = List.copyOf(contributions);
  }
}

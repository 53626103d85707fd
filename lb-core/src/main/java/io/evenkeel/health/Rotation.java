package io.evenkeel.health;

import io.evenkeel.model.AdminState;
import io.evenkeel.model.FailureAction;
import io.evenkeel.model.Isolation;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualService;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who of a service gets connections, as follows from what is held of its servers. Immutable.
 *
 * <p>The quorum is keepalived's (keepalived.conf(5)): gained at {@code quorum + hysteresis}, lost
 * at 0 or below {@code quorum - hysteresis}. Panic is Envoy's.
 *
 * @param quorum whether the live servers weigh enough
 * @param panic whether so few are live that all of them get connections
 * @param sorry whether the sorry server stands in for all
 * @param liveWeight the sum of the live servers' weights
 * @param places of each server, in the order of the configuration
 */
public record Rotation(
    boolean quorum, boolean panic, boolean sorry, long liveWeight, List<Place> places) {

  /** Of a service without servers. It is taken to have a quorum until it is known not to. */
  public static final Rotation EMPTY = new Rotation(true, false, false, 0, List.of());

  /**
   * What a server is for schedulers and templates. Immutable.
   *
   * @param weight what it is scheduled with, 0..65535; -1: it is not in the list
   * @param templateWeight what its persistence templates are judged by, 0..65535; -1: they do not
   *     hold
   * @param open whether it gets any connections; if not, it keeps its place and is passed over
   * @param absence why it is not in the list; null: it is
   */
  public record Place(int weight, int templateWeight, boolean open, @Nullable Absence absence) {
    private static Place listed(int weight, int templateWeight, boolean open) {
      return new Place(weight, templateWeight, open, null);
    }

    private static Place out(Absence absence) {
      return new Place(-1, -1, false, absence);
    }
  }

  /** Why a server is not in the list. */
  public enum Absence {
    /** It is down. */
    DOWN,
    /** It is in maintenance. */
    MAINTENANCE,
    /** The sorry server stands in for it. */
    REPLACED
  }

  /**
   * Works it out.
   *
   * @param service as configured
   * @param servers what is held of each real server, in the order of the configuration
   * @param sorryIsUp whether its sorry server is there and fit
   * @param hadQuorum whether it had a quorum before
   * @return who gets connections now
   */
  public static Rotation of(
      VirtualService service, List<ServerHealth> servers, boolean sorryIsUp, boolean hadQuorum) {
    Isolation isolation = service.isolation();
    long liveWeight = 0;
    int live = 0;
    int wanted = 0;
    for (ServerHealth server : servers) {
      if (isWanted(server)) {
        wanted++;
        live += server.isLive() ? 1 : 0;
        liveWeight += server.isLive() ? server.weight() : 0;
      }
    }
    long needed =
        hadQuorum
            ? isolation.quorum() - isolation.hysteresis()
            : (long) isolation.quorum() + isolation.hysteresis();
    boolean quorum = liveWeight > 0 && liveWeight >= needed;
    boolean sorry = !quorum && sorryIsUp;
    boolean panic = !sorry && live * 100L < (long) isolation.panicPercent() * wanted;
    List<Place> places = new ArrayList<>(servers.size());
    for (int i = 0; i < servers.size(); i++) {
      RealServer configured = service.realServers().get(i);
      FailureAction own = configured.onFailure();
      ServerHealth server = servers.get(i);
      places.add(
          sorry && isWanted(server) && server.isLive()
              ? Place.out(Absence.REPLACED)
              : place(server, own == null ? isolation.onFailure() : own, panic));
    }
    return new Rotation(quorum, panic, sorry, liveWeight, List.copyOf(places));
  }

  /** Whether it would get connections if it were fit. */
  private static boolean isWanted(ServerHealth server) {
    return server.admin() == AdminState.READY && server.weight() > 0;
  }

  private static Place place(ServerHealth server, FailureAction onFailure, boolean panic) {
    int weight = server.weight();
    if (server.admin() == AdminState.MAINTENANCE) {
      return Place.out(Absence.MAINTENANCE);
    }
    if (panic && isWanted(server)) {
      return Place.listed(weight, weight, true);
    }
    if (server.state() == ServerState.DOWN) {
      return switch (onFailure) {
        case REMOVE -> Place.out(Absence.DOWN);
        case INHIBIT -> Place.listed(0, 0, true);
        case QUIESCE -> Place.listed(0, -1, false);
      };
    }
    int given = server.admin() == AdminState.DRAIN ? 0 : weight;
    return Place.listed(given, given, server.state() == ServerState.UP && !server.ejected());
  }
}

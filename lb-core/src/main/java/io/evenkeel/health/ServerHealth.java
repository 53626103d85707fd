package io.evenkeel.health;

import io.evenkeel.model.AdminState;
import io.evenkeel.model.RealServer;
import java.util.List;

/**
 * What is held of one real server of one service: what all of its checks say, and its operator.
 * Immutable.
 *
 * @param state the worst that one of its checks holds
 * @param reason of that check, in words
 * @param weight the configured weight and what its checks add to it, 0..65535; a configured 0 stays
 *     0
 * @param admin what lets least through of what the operator says and the server itself
 * @param ejected whether it was found out of line with the others of its service
 */
public record ServerHealth(
    ServerState state, String reason, int weight, AdminState admin, boolean ejected) {

  /**
   * Puts together what is known.
   *
   * @param server as configured
   * @param checks what each of its checks makes of it, one or more
   * @param ejected whether it was found out of line with the others
   * @return what is held of it
   */
  public static ServerHealth of(RealServer server, List<Health> checks, boolean ejected) {
    Health worst = checks.get(0);
    long weight = server.weight();
    AdminState admin = server.admin();
    for (Health check : checks) {
      if (check.state().compareTo(worst.state()) > 0) {
        worst = check;
      }
      DynamicWeight said = check.weight();
      weight += said == null ? 0 : said.offset(server.weight());
      admin = admin.and(check.admin());
    }
    int effective =
        server.weight() == 0 ? 0 : (int) Math.max(0, Math.min(weight, RealServer.MAX_WEIGHT));
    return new ServerHealth(worst.state(), worst.reason(), effective, admin, ejected);
  }

  /**
   * Whether it is fit for new clients.
   *
   * @return true if it is up and ready, and not ejected; its weight may be 0
   */
  public boolean isLive() {
    return state == ServerState.UP && admin == AdminState.READY && !ejected;
  }
}

package io.evenkeel.vrrp.witness;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who holds what. It begins knowing nothing: what it lent before it was started again may be held
 * still, so for as long as the longest lease it lends nothing but what somebody says to hold. Pure;
 * not thread-safe.
 */
final class LeaseTable {
  static final int MAX_NAMES = 10_000;

  private final long beginNanos;
  private final long longestNanos;
  private final Map<String, Grant> grants = new HashMap<>();

  private record Grant(String holder, long untilNanos) {}

  LeaseTable(long longestNanos, long nowNanos) {
    this.longestNanos = longestNanos;
    this.beginNanos = nowNanos;
  }

  /**
   * Lends.
   *
   * @param isHeld whether the holder says that it holds it
   * @return null: lent; else why not
   */
  @Nullable Refusal acquire(
      String name, String holder, long lengthNanos, boolean isHeld, long nowNanos) {
    if (lengthNanos > longestNanos) {
      return Refusal.error(
          "length: " + lengthNanos + " ns (expected: at most " + longestNanos + ")");
    }
    Grant grant = grants.get(name);
    if (grant == null) {
      long left = longestNanos - (nowNanos - beginNanos);
      if (left > 0 && !isHeld) {
        return Refusal.error("started lately, lends nothing for another " + left + " ns");
      }
      if (grants.size() >= MAX_NAMES && !forget(nowNanos, left > 0)) {
        return Refusal.error("names: more than " + MAX_NAMES + " (expected: fewer)");
      }
    } else if (!grant.holder().equals(holder) && grant.untilNanos() - nowNanos > 0) {
      return Refusal.held(grant.holder());
    }
    grants.put(name, new Grant(holder, nowNanos + lengthNanos));
    return null;
  }

  void release(String name, String holder, long nowNanos) {
    Grant grant = grants.get(name);
    if (grant != null && grant.holder().equals(holder)) {
      // Not forgotten: after a start it is known that nobody else holds it.
      grants.put(name, new Grant(holder, nowNanos));
    }
  }

  private boolean forget(long nowNanos, boolean isNew) {
    return !isNew && grants.values().removeIf(grant -> grant.untilNanos() - nowNanos <= 0);
  }

  /**
   * Why nothing was lent.
   *
   * @param holder who holds it; null: it is not that
   * @param text in words
   */
  record Refusal(@Nullable String holder, String text) {
    static Refusal held(String holder) {
      return new Refusal(holder, "held by " + holder);
    }

    static Refusal error(String text) {
      return new Refusal(null, text);
    }
  }
}

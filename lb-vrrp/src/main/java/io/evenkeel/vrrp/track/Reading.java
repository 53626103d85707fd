package io.evenkeel.vrrp.track;

/** What is known of something at one moment. Immutable. */
interface Reading {

  /** What it does to a router. */
  Contribution under(Weighting weighting);

  /**
   * Nothing yet.
   *
   * @param reason why
   */
  record Unknown(String reason) implements Reading {
    @Override
    public Contribution under(Weighting weighting) {
      return weighting.unknown(reason);
    }
  }

  /**
   * Whether it is up.
   *
   * @param reason why
   */
  record UpOrDown(boolean isUp, String reason) implements Reading {
    @Override
    public Contribution under(Weighting weighting) {
      return weighting.whether(isUp, reason);
    }
  }

  /**
   * A number; other than 0 it is a failure, if nothing else is said.
   *
   * @param reason where it is from
   */
  record Amount(long value, String reason) implements Reading {
    @Override
    public Contribution under(Weighting weighting) {
      return weighting.times(value, reason);
    }
  }
}

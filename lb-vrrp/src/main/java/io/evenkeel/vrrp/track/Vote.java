package io.evenkeel.vrrp.track;

/**
 * The answers of a round. Immutable.
 *
 * @param yes how many said yes
 * @param no how many said no, or nothing in time
 * @param all how many were asked
 */
record Vote(int yes, int no, int all) {

  Vote with(boolean answer) {
    return answer ? new Vote(yes + 1, no, all) : new Vote(yes, no + 1, all);
  }

  boolean isPassed() {
    return yes >= needed();
  }

  /** Whatever the rest says. */
  boolean isDecided() {
    return isPassed() || all - no < needed();
  }

  int needed() {
    return all / 2 + 1;
  }
}

package io.evenkeel.samples;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the facts mean. Immutable.
 *
 * @param happened a sentence for each thing that went as it should
 * @param problems a sentence for each that did not
 */
record Verdict(List<String> happened, List<String> problems) {
  /** How far a share may be from an equal one. */
  static final double TOLERANCE = 0.05;

  static Verdict of(Facts facts) {
    Verdict verdict = new Verdict(new ArrayList<>(), new ArrayList<>());
    verdict.judgeFailures(facts);
    verdict.judgeFailover(facts);
    verdict.judgeRecovery(facts);
    verdict.judgeEnd(facts);
    return verdict;
  }

  /** Whether all had their share. */
  static boolean isEven(List<Double> shares) {
    return shares.stream().allMatch(s -> Math.abs(s - 1.0 / shares.size()) <= TOLERANCE);
  }

  boolean isGood() {
    return problems.isEmpty();
  }

  private void judgeFailures(Facts facts) {
    happened.add(
        "Server "
            + facts.server()
            + " was killed after "
            + Words.seconds(facts.killedAtSeconds())
            + ".");
    String failed =
        Words.count(facts.failed()) + " of " + Words.count(facts.requests()) + " requests failed";
    if (facts.requests() == 0) {
      problems.add("No request was sent.");
    } else if (facts.failedApart() > 0) {
      problems.add(
          failed
              + ", of which "
              + Words.count(facts.failedApart())
              + " were not on their way when it was killed.");
    } else {
      happened.add(
          failed
              + switch ((int) Math.min(facts.failed(), 2)) {
                case 0 -> ".";
                case 1 -> ", which was on its way when it was killed.";
                default -> ", all on their way when it was killed.";
              });
    }
  }

  private void judgeFailover(Facts facts) {
    Duration avoided = facts.avoidedAfter();
    if (avoided == null) {
      problems.add("New connections were not kept from it.");
    } else if (facts.sentWhileOut() > 0) {
      problems.add(
          Words.count(facts.sentWhileOut()) + " new connections went there while it was out.");
    } else {
      happened.add(
          "From " + Words.time(avoided) + " after the kill on no new connection went there.");
    }
    Duration down = facts.downAfter();
    if (down == null) {
      problems.add("Its health check did not take it out.");
    } else {
      happened.add(
          "Its check took it out after " + Words.time(down) + " (" + facts.downReason() + ").");
    }
  }

  private void judgeRecovery(Facts facts) {
    Duration up = facts.upAfter();
    Duration shareBack = facts.shareBackAfter();
    if (up == null) {
      problems.add("It was started again, and got no connections.");
    } else if (shareBack == null) {
      problems.add("It was started again, and did not get its share back.");
    } else {
      happened.add("It was started again, and found healthy after " + Words.time(up) + ".");
      happened.add("It had its share back after " + Words.time(shareBack) + ".");
    }
  }

  private void judgeEnd(Facts facts) {
    String shares = facts.shares().stream().map(Words::percent).collect(Collectors.joining(", "));
    if (isEven(facts.shares())) {
      happened.add("In the last second the servers had " + shares + " of the requests.");
    } else {
      problems.add("In the last second the servers had " + shares + " of the requests.");
    }
    if (facts.openAtEnd() == 0 && facts.cutOff() == 0) {
      happened.add("No connection was left at the end.");
    } else {
      problems.add(
          "%s connections were left at the end, and %s had to be cut off."
              .formatted(Words.count(facts.openAtEnd()), Words.count(facts.cutOff())));
    }
  }
}

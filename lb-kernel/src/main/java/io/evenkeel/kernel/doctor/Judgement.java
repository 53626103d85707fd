package io.evenkeel.kernel.doctor;

import io.evenkeel.kernel.doctor.Finding.State;
import java.util.ArrayList;
import java.util.List;

/** What the facts mean for a plan. Pure. */
final class Judgement {
  private Judgement() {}

  static List<Finding> of(Facts facts, Plan plan) {
    List<Finding> findings = new ArrayList<>();
    if (plan.realServer()) {
      new RealServerJudgement(facts, plan, findings).judge();
    } else {
      new DirectorJudgement(facts, plan, findings).judge();
    }
    return findings;
  }

  static Finding ok(Object subject, String fact) {
    return new Finding(State.OK, subject.toString(), fact, List.of());
  }

  static Finding missing(Object subject, String fact, List<String> mend) {
    return new Finding(State.MISSING, subject.toString(), fact, mend);
  }

  static Finding unseen(Object subject, String fact, List<String> mend) {
    return new Finding(State.UNSEEN, subject.toString(), fact, mend);
  }
}

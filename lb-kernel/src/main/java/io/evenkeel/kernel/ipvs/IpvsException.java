package io.evenkeel.kernel.ipvs;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** Changes that the kernel refused; those that are not named here hold. */
public final class IpvsException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient List<Refusal> refusals;

  /**
   * A change that was refused.
   *
   * @param change which
   * @param errno why: EEXIST, ESRCH, ENOENT ...
   * @param words command, errno and the kernel's words
   */
  public record Refusal(IpvsChange change, int errno, String words) {}

  IpvsException(List<Refusal> refusals) {
    super(
        refusals.stream()
            .limit(5)
            .map(refusal -> refusal.change() + ": " + refusal.words())
            .collect(
                Collectors.joining(
                    "; ",
                    "",
                    refusals.size() > 5 ? "; and " + (refusals.size() - 5) + " more" : "")));
    this.refusals = List.copyOf(refusals);
  }

  /**
   * What was refused.
   *
   * @return one or more, in the order of the changes
   */
  public List<Refusal> refusals() {
    return refusals;
  }
}

package io.evenkeel.vrrp.protocol;

import java.util.List;

/**
 * What an event makes of a group.
 *
 * @param state afterwards
 * @param actions in this order
 */
public record GroupStep(GroupState state, List<GroupAction> actions) {
  /** Copies the list. */
  public GroupStep {
    actions = List.copyOf(actions);
  }
}

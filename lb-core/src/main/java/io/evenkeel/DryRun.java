package io.evenkeel;

import io.evenkeel.model.Change;
import java.util.List;

/**
 * What an {@link Edit} would do. Immutable.
 *
 * @param changes each step, in order; empty if all is so already or nothing could be worked out
 * @param problems a sentence for each reason why it would be refused; empty if it would not. Only
 *     the attempt shows whether a port is free.
 */
public record DryRun(List<Change> changes, List<String> problems) {}

package io.evenkeel;

import io.evenkeel.model.Change;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What an {@link Edit} did. Immutable.
 *
 * @param changes each step, in order; empty if all was so already
 * @param drained completes when every drain of the edit has ended, in the edit's order; never
 *     exceptionally. What is still open at a deadline runs on. Closing the director ends all
 *     drains.
 */
public record Applied(List<Change> changes, CompletableFuture<List<Drained>> drained) {}

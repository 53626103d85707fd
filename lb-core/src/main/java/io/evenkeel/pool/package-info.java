/**
 * What is counted and handed around on the hot path: live cells of real servers, the immutable
 * snapshot of them that a scheduler chooses from, and the two objects that a caller reuses.
 */
@NullMarked
package io.evenkeel.pool;

import org.jspecify.annotations.NullMarked;

/** What the stress tests choose among. */
@NullMarked
package io.evenkeel.stress;

import org.jspecify.annotations.NullMarked;

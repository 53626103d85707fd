/** Health checks that need the kernel. */
@NullMarked
package io.evenkeel.kernel.check;

import org.jspecify.annotations.NullMarked;

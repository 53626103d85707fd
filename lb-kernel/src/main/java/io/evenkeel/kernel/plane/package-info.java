/** A director's services in the kernel's IPVS. */
@NullMarked
package io.evenkeel.kernel.plane;

import org.jspecify.annotations.NullMarked;

/** The C library, through jnr-ffi. Nothing else of the library calls it. */
@NullMarked
package io.evenkeel.kernel.sys;

import org.jspecify.annotations.NullMarked;

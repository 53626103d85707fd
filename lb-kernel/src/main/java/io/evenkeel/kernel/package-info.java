/** The Linux kernel from the JVM: what its errors say. */
@NullMarked
package io.evenkeel.kernel;

import org.jspecify.annotations.NullMarked;

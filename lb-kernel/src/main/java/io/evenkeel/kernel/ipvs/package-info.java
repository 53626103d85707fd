/** The kernel's IPVS: what {@code ipvsadm} does, typed (linux/ip_vs.h). */
@NullMarked
package io.evenkeel.kernel.ipvs;

import org.jspecify.annotations.NullMarked;

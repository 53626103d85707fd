/** A third party that lends leases, and how to ask it. */
@NullMarked
package io.evenkeel.vrrp.witness;

import org.jspecify.annotations.NullMarked;

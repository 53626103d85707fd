/** A VRRP router that keepalived and hardware routers accept as one of theirs. */
@NullMarked
package io.evenkeel.vrrp;

import org.jspecify.annotations.NullMarked;

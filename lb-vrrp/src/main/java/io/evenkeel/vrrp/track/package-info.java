/** What a router's priority depends on. */
@NullMarked
package io.evenkeel.vrrp.track;

import org.jspecify.annotations.NullMarked;

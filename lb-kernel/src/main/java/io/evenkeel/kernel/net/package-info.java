/** What of the network Java does not reach: ICMP. */
@NullMarked
package io.evenkeel.kernel.net;

import org.jspecify.annotations.NullMarked;

/** Data planes in user space, on Netty. */
@NullMarked
package io.evenkeel.proxy;

import org.jspecify.annotations.NullMarked;

/** Health checks that do I/O, all of it on Netty. */
@NullMarked
package io.evenkeel.check;

import org.jspecify.annotations.NullMarked;

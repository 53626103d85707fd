/** How bytes reach the kernel: io_uring, epoll or NIO, whichever works best here. */
@NullMarked
package io.evenkeel.transport;

import org.jspecify.annotations.NullMarked;

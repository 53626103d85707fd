/**
 * Who gets the next connection: the scheduler SPI and the algorithms of LVS. Pure: no I/O, no
 * clock, no thread; time comes in as an argument.
 */
@NullMarked
package io.evenkeel.schedule;

import org.jspecify.annotations.NullMarked;

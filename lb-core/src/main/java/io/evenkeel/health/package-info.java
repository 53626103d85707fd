/**
 * Who is alive: a pure function from check results and failed connections to a verdict, and the SPI
 * of what produces the results. Nothing here does I/O or reads a clock.
 */
@NullMarked
package io.evenkeel.health;

import org.jspecify.annotations.NullMarked;

/**
 * The director: takes a configuration, decides with the health checks who is alive, and hands the
 * outcome to dispatchers and data planes.
 */
@NullMarked
package io.evenkeel;

import org.jspecify.annotations.NullMarked;

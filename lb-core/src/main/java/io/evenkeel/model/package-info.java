/**
 * What is wanted: virtual services, their real servers and how these are checked, as immutable
 * values that are valid once they exist. Nothing here does I/O, reads a clock or resolves a name.
 */
@NullMarked
package io.evenkeel.model;

import org.jspecify.annotations.NullMarked;

/**
 * What reaches out of the process: commands that are run, and mail that is sent. Nothing else in
 * the library starts a process.
 */
@NullMarked
package io.evenkeel.hook;

import org.jspecify.annotations.NullMarked;

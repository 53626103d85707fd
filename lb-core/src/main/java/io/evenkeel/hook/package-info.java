/**
 * What reaches out of the process, or to its user: commands that are run, mail that is sent, and
 * listeners that are told. Nothing else in the library starts a process.
 */
@NullMarked
package io.evenkeel.hook;

import org.jspecify.annotations.NullMarked;

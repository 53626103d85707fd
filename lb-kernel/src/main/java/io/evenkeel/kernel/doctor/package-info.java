/** What a host lacks for LVS: as a director, or as a real server. */
@NullMarked
package io.evenkeel.kernel.doctor;

import org.jspecify.annotations.NullMarked;

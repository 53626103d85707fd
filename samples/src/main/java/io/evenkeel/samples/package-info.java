/** The command line, {@code evenkeel.jar}, and small programs that show the API. */
@NullMarked
package io.evenkeel.samples;

import org.jspecify.annotations.NullMarked;

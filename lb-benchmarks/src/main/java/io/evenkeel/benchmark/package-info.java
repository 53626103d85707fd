/** JMH benchmarks of the hot path: choosing a server, and the whole claim on one. */
@NullMarked
package io.evenkeel.benchmark;

import org.jspecify.annotations.NullMarked;

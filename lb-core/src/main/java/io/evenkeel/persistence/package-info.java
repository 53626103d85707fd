/**
 * Persistence: which server a client had, and for how long it is kept to it. A function of the flow
 * and the time that are passed in, as net/netfilter/ipvs/ip_vs_core.c has it.
 */
@NullMarked
package io.evenkeel.persistence;

import org.jspecify.annotations.NullMarked;

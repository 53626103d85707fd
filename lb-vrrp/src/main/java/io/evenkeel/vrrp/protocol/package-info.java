/** The protocol, pure. Packets (RFC 3768, RFC 5798, RFC 9568), and who is master. */
@NullMarked
package io.evenkeel.vrrp.protocol;

import org.jspecify.annotations.NullMarked;

/** The Linux kernel from the JVM: what needs system calls that Java does not have. */
module io.evenkeel.kernel {
  requires transitive io.evenkeel.core;
  requires static transitive org.jspecify;
  requires io.netty.common;
  requires io.netty.transport;
  requires micrometer.core;
  requires org.jnrproject.ffi;
  requires org.slf4j;

  // jnr-ffi is an automatic module and does not ask for what it needs itself.
  requires org.objectweb.asm;
  requires org.objectweb.asm.commons;
  requires org.objectweb.asm.util;

  exports io.evenkeel.kernel;
  exports io.evenkeel.kernel.check;
  exports io.evenkeel.kernel.doctor;
  exports io.evenkeel.kernel.ipvs;
  exports io.evenkeel.kernel.net;
  exports io.evenkeel.kernel.netlink;
  exports io.evenkeel.kernel.plane;

  // Its generated classes live in an unnamed module.
  opens io.evenkeel.kernel.sys;
}

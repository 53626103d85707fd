/** A VRRP router in the JVM. */
module io.evenkeel.vrrp {
  requires transitive io.evenkeel.kernel;
  requires static transitive org.jspecify;
  requires micrometer.core;
  requires org.slf4j;

  exports io.evenkeel.vrrp;
  exports io.evenkeel.vrrp.protocol;
  exports io.evenkeel.vrrp.track;
  exports io.evenkeel.vrrp.witness;
}

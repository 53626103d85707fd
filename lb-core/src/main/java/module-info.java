/** The Evenkeel load balancer: model, schedulers, health checks, director and Netty data planes. */
module io.evenkeel.core {
  requires transitive io.netty.buffer;
  requires transitive io.netty.transport;
  requires transitive micrometer.core;
  requires static transitive org.jspecify;
  requires com.github.benmanes.caffeine;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.classes.io_uring;
  requires io.netty.transport.unix.common;
  requires io.github.resilience4j.circuitbreaker;
  requires io.github.resilience4j.core;
  requires org.slf4j;

  // Only some checks and hooks need these.
  requires static io.netty.codec.dns;
  requires static io.netty.codec.http2;
  requires static jakarta.mail;

  exports io.evenkeel;
  exports io.evenkeel.check;
  exports io.evenkeel.health;
  exports io.evenkeel.hook;
  exports io.evenkeel.model;
  exports io.evenkeel.pool;
  exports io.evenkeel.proxy;
  exports io.evenkeel.schedule;
  exports io.evenkeel.transport;
}

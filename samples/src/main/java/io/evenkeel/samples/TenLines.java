package io.evenkeel.samples;

import io.evenkeel.Director;
import io.evenkeel.check.HttpCheck;
import io.evenkeel.model.VirtualService;
import io.evenkeel.proxy.TcpProxy;

/** A load balancer in ten lines: the example of the README. */
final class TenLines {
  private TenLines() {}

  public static void main(String[] args) throws InterruptedException {
    VirtualService web =
        VirtualService.tcp("127.0.0.1:8080")
            .scheduler("wlc")
            .realServer("127.0.0.1:9001")
            .realServer("127.0.0.1:9002")
            .realServer("127.0.0.1:9003")
            .check(HttpCheck.get("/health"))
            .build();
    Director director = Director.builder().service(web).dataPlane(TcpProxy.create()).build();
    director.start();

    // The director's threads are daemons: it runs as long as the program around it.
    Thread.currentThread().join();
  }
}

package io.evenkeel.samples;

import io.evenkeel.Director;
import io.evenkeel.Dispatcher;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import io.evenkeel.schedule.Scheduler;
import java.io.PrintStream;

/**
 * A scheduler of one's own: fills a server before it begins with the next, so that servers that are
 * not needed can be switched off.
 */
final class OwnScheduler {
  private OwnScheduler() {}

  /** So many connections for each server; the oldest server comes first. */
  static Scheduler fill(int connections) {
    return (destinations, previous) ->
        (flow, nowNanos) -> {
          for (int i = destinations.size() - 1; i >= 0; i--) {
            Destination server = destinations.get(i);
            if (destinations.isEligible(i) && server.open() < connections) {
              return server;
            }
          }
          return null;
        };
  }

  public static void main(String[] args) {
    run(System.out);
  }

  static void run(PrintStream out) {
    VirtualService service =
        VirtualService.tcp("127.0.0.1:80")
            .scheduler("fill")
            .realServer("127.0.0.1:9001")
            .realServer("127.0.0.1:9002")
            .build();
    try (Director director =
        Director.builder().scheduler("fill", fill(2)).service(service).build().start()) {
      Dispatcher dispatcher = director.dispatcher(service.key());
      Flow flow = new Flow();
      for (int i = 1; i <= 5; i++) {
        Assignment assignment = new Assignment();
        boolean found = dispatcher.dispatch(flow, assignment);
        out.println(i + ": " + (found ? assignment.destination().endpoint() : "nobody has room"));
      }
    }
  }
}

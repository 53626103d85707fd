package io.evenkeel.samples;

import io.evenkeel.Director;
import io.evenkeel.Dispatcher;
import io.evenkeel.check.HttpCheck;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Balancing in the caller's own code: no proxy and no listening port, the program asks who is next
 * and connects there itself. Starts three servers, sends each some requests, and prints who
 * answered.
 */
final class InProcess {
  private InProcess() {}

  public static void main(String[] args) throws IOException {
    List<DemoServer> servers = new ArrayList<>();
    try {
      for (String name : List.of("A", "B", "C")) {
        servers.add(DemoServer.start(name, Duration.ofMillis(1)));
      }
      run(servers, System.out);
    } finally {
      servers.forEach(DemoServer::kill);
    }
  }

  static void run(List<DemoServer> servers, PrintStream out) throws IOException {
    VirtualService.Builder service = VirtualService.tcp("127.0.0.1:80").scheduler("rr");
    servers.forEach(server -> service.realServer(server.endpoint().toString()));
    VirtualService web = service.check(HttpCheck.get("/health")).build();

    // No data plane: nothing listens at the service's address, it is only a name here.
    try (Director director = Director.builder().service(web).build().start()) {
      Dispatcher dispatcher = director.dispatcher(web.key());
      InetSocketAddress client = new InetSocketAddress("192.0.2.7", 40_000);

      // The form for many requests: one thread owns and reuses the two objects.
      Flow flow = new Flow().client(client);
      Assignment assignment = new Assignment();
      for (int i = 0; i < 3; i++) {
        if (dispatcher.dispatch(flow, assignment)) {
          out.println("reused objects: " + request(assignment));
        } else {
          out.println("nobody there");
        }
      }

      // The short form: allocates the two at each call.
      for (int i = 0; i < 3; i++) {
        dispatcher
            .dispatch(client)
            .ifPresentOrElse(
                chosen -> out.println("short form: " + request(chosen)),
                () -> out.println("nobody there"));
      }
    }
  }

  /** Uses what was chosen, and gives it back exactly once, whatever happens. */
  private static String request(Assignment assignment) {
    InetSocketAddress address = assignment.destination().address();
    // With this outcome nobody is sent there any more until its check has passed again.
    Outcome outcome = Outcome.CONNECT_FAILED;
    try (HttpExchange exchange = HttpExchange.connect(address)) {
      assignment.established();
      outcome = Outcome.FAILED;
      String answer = exchange.get("/");
      outcome = Outcome.SUCCESS;
      return "server " + answer + " answered";
    } catch (IOException e) {
      return address + " failed: " + e.getMessage();
    } finally {
      assignment.release(outcome);
    }
  }
}

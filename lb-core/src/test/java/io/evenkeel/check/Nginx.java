package io.evenkeel.check;

import io.evenkeel.hook.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A real nginx in one process: HTTP on one port, HTTPS with the servers of a test on another. */
final class Nginx implements AutoCloseable {
  /** A body of some length, for digests. */
  static final String FILE = "0123456789abcdef".repeat(20_000);

  private final Daemon daemon;
  private final int tlsPort;
  private final Path errors;
  private final Path paced;

  /** A server block for each, the first one for names that none has. */
  static Nginx start(Path directory, List<TestCertificate> certificates) throws IOException {
    int port = FreePorts.next();
    int tlsPort = FreePorts.next();
    Path conf = directory.resolve("nginx.conf");
    Files.writeString(directory.resolve("file"), FILE);
    Files.writeString(directory.resolve("large"), FILE.repeat(100));
    Files.writeString(directory.resolve("pace"), FILE.substring(0, 4_800));
    Files.writeString(conf, configuration(directory, port, tlsPort, certificates));
    List<String> command =
        List.of("nginx", "-p", directory.toString(), "-c", conf.toString(), "-e", "error.log");
    return new Nginx(
        Daemon.start(command, port, directory.resolve("nginx.out")),
        tlsPort,
        directory.resolve("error.log"),
        directory.resolve("paced.log"));
  }

  private Nginx(Daemon daemon, int tlsPort, Path errors, Path paced) {
    this.daemon = daemon;
    this.tlsPort = tlsPort;
    this.errors = errors;
    this.paced = paced;
  }

  Daemon daemon() {
    return daemon;
  }

  InetSocketAddress http() {
    return daemon.address();
  }

  InetSocketAddress https() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), tlsPort);
  }

  /** What it says of its clients, with what it says at the level "info". */
  String errors() throws IOException {
    return Files.readString(errors, StandardCharsets.ISO_8859_1);
  }

  /** What became of each request of /paced so far: "OK." if its client took all of the answer. */
  List<String> paced() throws IOException {
    return Files.exists(paced) ? Files.readAllLines(paced) : List.of();
  }

  private static String configuration(
      Path directory, int port, int tlsPort, List<TestCertificate> certificates) {
    StringBuilder servers = new StringBuilder();
    for (TestCertificate c : certificates) {
      servers.append(
          """
            server {
              listen 127.0.0.1:%d ssl http2;
              server_name %s;
              ssl_protocols TLSv1.2 TLSv1.3;
              ssl_certificate %s;
              ssl_certificate_key %s;
              location / { return 200 "$ssl_server_name"; }
              location = /file { root %s; }
            }
          """
              .formatted(
                  tlsPort,
                  c.certificate().getSubjectX500Principal().getName().substring(3),
                  c.pem(),
                  c.keyPem(),
                  directory));
    }
    return """
        daemon off;
        master_process off;
        pid nginx.pid;
        error_log error.log info;
        events { worker_connections 100; }
        http {
          access_log off;
          log_format completion "${request_completion}.";
          client_body_temp_path tmp;
          proxy_temp_path tmp;
          fastcgi_temp_path tmp;
          scgi_temp_path tmp;
          uwsgi_temp_path tmp;
          server {
            listen 127.0.0.1:%d default_server;
            root %s;
            location = /health { return 200 "state: fit\n"; }
            location = /busy { return 503 "busy\n"; }
            location = /moved { return 301 /health; }
            location = /state { add_header X-State "ready; load=3"; return 204; }
            location = /secret {
              if ($http_authorization != "Bearer s3cret") { return 401; }
              return 200 "let in";
            }
            # The last sixth comes a fifth of a second after the rest.
            location = /paced {
              limit_rate 20k;
              sendfile_max_chunk 4k;
              try_files /pace =404;
              access_log paced.log completion;
            }
            location = /slow { limit_rate 1k; try_files /file =404; }
          }
          server {
            listen 127.0.0.1:%d;
            server_name shop.test;
            location = /who { return 200 "shop"; }
          }
        %s
        }
        """
        .formatted(port, directory, port, servers);
  }

  @Override
  public void close() {
    daemon.close();
  }
}

package io.evenkeel.check;

import io.evenkeel.hook.FreePorts;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A real gRPC server (grpc-java) with the health service, in this process or in one of its own. */
final class GrpcServer implements AutoCloseable {
  private final Server server;

  /** With TLS if there is a certificate, and without the health service if there is no manager. */
  GrpcServer(int port, @Nullable HealthStatusManager health, @Nullable TestCertificate certificate)
      throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    if (certificate != null) {
      builder.useTransportSecurity(certificate.pem().toFile(), certificate.keyPem().toFile());
    }
    if (health != null) {
      builder.addService(health.getHealthService());
    }
    server = builder.build().start();
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  /** As a process of its own, serving. */
  static Daemon start(Path directory) throws IOException {
    int port = FreePorts.next();
    return Daemon.start(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            GrpcServer.class.getName(),
            String.valueOf(port)),
        port,
        directory.resolve("grpc.out"));
  }

  /** Serves at the port that is its argument, until it is killed. */
  public static void main(String[] args) throws Exception {
    new GrpcServer(Integer.parseInt(args[0]), new HealthStatusManager(), null)
        .server.awaitTermination();
  }
}

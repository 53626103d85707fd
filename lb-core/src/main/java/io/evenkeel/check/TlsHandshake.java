package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shakes hands and judges the certificate before the handlers behind it see the connection. What is
 * wrong with either, it completes the result with.
 */
final class TlsHandshake extends ChannelInboundHandlerAdapter {
  /** A handshake takes some thousand bytes; long chains of large keys some ten thousand. */
  private static final int MAX_HANDSHAKE_BYTES = 131_072;

  private static final Logger LOG = LoggerFactory.getLogger(TlsHandshake.class);

  private final CheckTarget target;
  private final @Nullable Duration validFor;
  private final CompletableFuture<CheckResult> result;
  private @Nullable Handshake done;

  /**
   * Loaded once, with all that a JVM needs for its first handshake: it takes a tenth of a second.
   */
  private static final class Loaded {
    static {
      try {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, null, null);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        engine.wrap(
            ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
      } catch (GeneralSecurityException | SSLException e) {
        LOG.debug("no TLS in this JVM, as each check will say", e);
      }
    }

    private Loaded() {}

    static void load() {}
  }

  /** What came out of it. */
  private record Handshake(SSLSession session, String protocol, Validity validity) {}

  private TlsHandshake(
      CheckTarget target, @Nullable Duration validFor, CompletableFuture<CheckResult> result) {
    this.target = target;
    this.validFor = validFor;
    this.result = result;
  }

  /** Loads what the first handshake needs, which an event loop is not to wait for. */
  static void load() {
    Loaded.load();
  }

  /**
   * Adds all that TLS needs to a new pipeline.
   *
   * @param protocols those that are offered (ALPN, RFC 7301); none: nothing is said of them
   * @param maxBytes what the server may send after the handshake, at most
   */
  static TlsHandshake addTo(
      ChannelPipeline pipeline,
      Tls tls,
      List<String> protocols,
      CheckTarget target,
      long maxBytes,
      CompletableFuture<CheckResult> result) {
    TlsHandshake handshake = new TlsHandshake(target, tls.validFor(), result);
    try {
      SslHandler ssl = new SslHandler(engine(tls, protocols, target));
      // The check's own time is the limit.
      ssl.setHandshakeTimeoutMillis(0);
      pipeline.addLast(new ReadLimit(MAX_HANDSHAKE_BYTES + maxBytes, result), ssl, handshake);
    } catch (GeneralSecurityException e) {
      result.complete(CheckResult.none("no TLS in this JVM: " + e));
    }
    return handshake;
  }

  /** Each time from a context of its own: a resumed session would bring the old certificate. */
  private static SSLEngine engine(Tls tls, List<String> protocols, CheckTarget target)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {ServerTrust.of(tls)}, null);
    SSLEngine engine =
        context.createSSLEngine(tls.peerHost(target.endpoint()), target.endpoint().port());
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    SNIHostName name = tls.indication(target.endpoint());
    parameters.setServerNames(name == null ? List.of() : List.of(name));
    if (tls.anchors() != null) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    parameters.setApplicationProtocols(protocols.toArray(String[]::new));
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** Passes, with what is to be said of the certificate. After the handshake. */
  CheckResult pass(String reason) {
    return CheckResult.pass(done == null ? reason : reason + ", " + done.validity);
  }

  /** The version of TLS, {@code TLSv1.3} for instance; after the handshake. */
  String version() {
    return done == null ? "" : done.session.getProtocol();
  }

  /** What ALPN chose; empty: nothing. After the handshake. */
  String protocol() {
    return done == null ? "" : done.protocol;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    // The others are told after the handshake.
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event)
      throws SSLPeerUnverifiedException {
    if (event instanceof SslHandshakeCompletionEvent completion && done == null) {
      if (completion.isSuccess()) {
        shaken(ctx);
      } else {
        fail(completion.cause());
      }
    } else if (event == CheckConnection.TIMED_OUT && done == null) {
      result.complete(CheckConnection.late("no TLS handshake", target.timeout()));
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  private void shaken(ChannelHandlerContext ctx) throws SSLPeerUnverifiedException {
    SSLEngine engine = ctx.pipeline().get(SslHandler.class).engine();
    SSLSession session = engine.getSession();
    X509Certificate certificate = (X509Certificate) session.getPeerCertificates()[0];
    Validity validity = Validity.of(certificate, Instant.now());
    String protocol = engine.getApplicationProtocol();
    done = new Handshake(session, protocol == null ? "" : protocol, validity);
    String complaint = validFor == null ? null : validity.complaint(validFor);
    if (complaint != null) {
      result.complete(CheckResult.fail(complaint));
    } else {
      ctx.fireChannelActive();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(cause);
  }

  private void fail(Throwable failure) {
    result.complete(inWords(failure));
  }

  static CheckResult inWords(Throwable failure) {
    SSLException tls = null;
    for (Throwable c = failure; c != null; c = c.getCause()) {
      if (c instanceof NotSslRecordException) {
        // Its message has the bytes in it.
        return CheckResult.fail("an answer that is not TLS");
      }
      if (c instanceof ClosedChannelException) {
        return CheckResult.fail("connection closed in the TLS handshake");
      }
      if (c instanceof SSLException e) {
        tls = e;
      } else if (c instanceof IOException) {
        // Netty says first what it could not do for that.
        return CheckConnection.broken(c);
      }
      if (c instanceof CertificateException) {
        // What lies below it is in its message.
        return CheckResult.fail(Wording.clean(String.valueOf(c.getMessage())));
      }
    }
    return tls == null
        ? CheckConnection.broken(failure)
        : CheckResult.fail("TLS: " + Wording.clean(String.valueOf(tls.getMessage())));
  }
}

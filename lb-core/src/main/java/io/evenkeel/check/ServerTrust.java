package io.evenkeel.check;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Judges a server's certificate chain in the handshake: takes all, or asks the JDK. */
final class ServerTrust extends X509ExtendedTrustManager {
  private final @Nullable X509ExtendedTrustManager judge;

  private ServerTrust(@Nullable X509ExtendedTrustManager judge) {
    this.judge = judge;
  }

  /** As the settings say. */
  static ServerTrust of(Tls tls) throws GeneralSecurityException {
    List<X509Certificate> anchors = tls.anchors();
    if (anchors == null) {
      return new ServerTrust(null);
    }
    return new ServerTrust(anchors.isEmpty() ? JvmStore.JUDGE : judgeBy(anchors));
  }

  /** Reads the JVM's trust store, which takes its time; not to be done on an event loop. */
  static void loadJvmStore() {
    if (JvmStore.JUDGE == null) {
      throw new IllegalStateException("trust store: none that can be read");
    }
  }

  /** The JVM's trust store, read once. */
  private static final class JvmStore {
    static final @Nullable X509ExtendedTrustManager JUDGE = read();

    private static @Nullable X509ExtendedTrustManager read() {
      try {
        TrustManagerFactory factory =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return only(factory);
      } catch (GeneralSecurityException e) {
        return null;
      }
    }
  }

  private static X509ExtendedTrustManager judgeBy(List<X509Certificate> anchors)
      throws GeneralSecurityException {
    Set<TrustAnchor> set =
        anchors.stream().map(a -> new TrustAnchor(a, null)).collect(Collectors.toSet());
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(set, null);
    // It would ask other servers, on the event loop.
    parameters.setRevocationEnabled(false);
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(new CertPathTrustManagerParameters(parameters));
    return only(factory);
  }

  private static X509ExtendedTrustManager only(TrustManagerFactory factory)
      throws GeneralSecurityException {
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager extended) {
        return extended;
      }
    }
    throw new GeneralSecurityException("no X.509 trust manager");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    if (judge == null) {
      return;
    }
    // The JDK would say so too, but not since when.
    Validity validity = Validity.of(chain[0], Instant.now());
    if (!validity.isValid()) {
      throw new CertificateException(validity.toString());
    }
    try {
      judge.checkServerTrusted(chain, authType, engine);
    } catch (CertificateException e) {
      throw new CertificateException("certificate not trusted: " + rootOf(e).getMessage(), e);
    }
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
    throw new UnsupportedOperationException("only for engines");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) {
    throw new UnsupportedOperationException("only for engines");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
    throw new UnsupportedOperationException("only for servers");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
    throw new UnsupportedOperationException("only for servers");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) {
    throw new UnsupportedOperationException("only for servers");
  }
}

package io.evenkeel.check;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A self-signed certificate with its key, made by the JDK's keytool. */
record TestCertificate(X509Certificate certificate, KeyStore store, Path pem, Path keyPem) {
  private static final char[] PASSWORD = "password".toCharArray();

  /** For a host name, from {@code start} ({@code -10d}, for instance), for so many days. */
  static TestCertificate make(Path directory, String host, String start, int days)
      throws IOException, InterruptedException, GeneralSecurityException {
    String file = host + start + days;
    Path p12 = directory.resolve(file + ".p12");
    int code =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "x",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-storetype",
                "PKCS12",
                "-keystore",
                p12.toString(),
                "-storepass",
                new String(PASSWORD),
                "-dname",
                "CN=" + host,
                "-ext",
                "san=dns:" + host,
                "-startdate",
                start,
                "-validity",
                String.valueOf(days))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start()
            .waitFor();
    if (code != 0) {
      throw new IOException("keytool: exit code " + code);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(p12)) {
      store.load(in, PASSWORD);
    }
    X509Certificate certificate = (X509Certificate) store.getCertificate("x");
    return new TestCertificate(
        certificate,
        store,
        pem(directory.resolve(file + ".pem"), "CERTIFICATE", certificate.getEncoded()),
        pem(
            directory.resolve(file + ".key"),
            "PRIVATE KEY",
            store.getKey("x", PASSWORD).getEncoded()));
  }

  /** For a server that has it. */
  SSLContext serverContext() throws GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static Path pem(Path file, String type, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder().encodeToString(der);
    return Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
  }
}

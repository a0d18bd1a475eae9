package dev.countersign.client.doctor;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.testing.TestCa;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Function;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;

/** Has a certificate for whatever name a client asks for, as proxies do that look inside. */
final class Minting extends X509ExtendedKeyManager {
  private final Function<String, TestCa.Credential> mint;

  Minting(Function<String, TestCa.Credential> mint) {
    this.mint = mint;
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    ExtendedSSLSession session = (ExtendedSSLSession) ((SSLSocket) socket).getHandshakeSession();
    return session.getRequestedServerNames().stream()
        .filter(SNIHostName.class::isInstance)
        .map(name -> ((SNIHostName) name).getAsciiName())
        .findFirst()
        .orElse("localhost");
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return mint.apply(alias).chain().stream()
        .map(Certificate::x509)
        .toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return mint.apply(alias).key().getPrivate();
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return new String[] {"localhost"};
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return new String[0];
  }

  @Override
  public @org.jspecify.annotations.Nullable String chooseClientAlias(
      String[] keyTypes, Principal[] issuers, Socket socket) {
    return null;
  }
}

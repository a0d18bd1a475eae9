package dev.countersign.client.testing;

import dev.countersign.client.TlsIdentity;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** A server's TLS that shows its whole chain, the root too, and takes any client certificate. */
public final class Tls {
  private Tls() {}

  public static SSLContext server(TestCa.Credential own, Certificate root) {
    return server(own, root, List.of());
  }

  /** Asks for a client certificate of these, but takes any. */
  public static SSLContext server(
      TestCa.Credential own, Certificate root, List<X509Certificate> authorities) {
    try {
      List<Certificate> chain = new ArrayList<>(own.chain());
      chain.add(root);
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "own",
          own.key().getPrivate(),
          "x".toCharArray(),
          chain.stream().map(Certificate::x509).toArray(X509Certificate[]::new));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
      keys.init(store, "x".toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), new TrustManager[] {new Anybody(authorities)}, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  /** What a server shows, which can be changed while it runs. */
  public static final class Shown extends X509ExtendedKeyManager {
    private volatile TlsIdentity now;

    public Shown(TestCa.Credential own, Certificate root) {
      now = identity(own, root);
    }

    public void change(TestCa.Credential own, Certificate root) {
      now = identity(own, root);
    }

    private static TlsIdentity identity(TestCa.Credential own, Certificate root) {
      List<Certificate> chain = new ArrayList<>(own.chain());
      chain.add(root);
      return new TlsIdentity(own.key().getPrivate(), chain);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String keyType, Principal[] issuers, SSLEngine engine) {
      return now.chooseEngineServerAlias(keyType, issuers, engine);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
      return now.chooseServerAlias(keyType, issuers, socket);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
      return now.getServerAliases(keyType, issuers);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyTypes, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return now.getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return now.getPrivateKey(alias);
    }
  }

  /** Shows what is to be shown, and takes any client certificate. */
  public static SSLContext server(Shown shown) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {shown}, new TrustManager[] {new Anybody(List.of())}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static final class Anybody implements X509TrustManager {
    private final List<X509Certificate> authorities;

    Anybody(List<X509Certificate> authorities) {
      this.authorities = authorities;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return authorities.toArray(X509Certificate[]::new);
    }
  }
}

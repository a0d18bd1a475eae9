package dev.countersign.client;

import dev.countersign.pki.Certificate;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * One key with its chain, shown by a server to everybody, and by a client to whoever asks for a
 * certificate: also if only other authorities are named, so that the other side can say what it
 * does not like.
 */
public final class TlsIdentity extends X509ExtendedKeyManager {
  private static final String ALIAS = "credential";

  private final PrivateKey key;
  private final X509Certificate[] chain;

  public TlsIdentity(PrivateKey key, List<Certificate> chain) {
    this.key = key;
    this.chain = chain.stream().map(Certificate::x509).toArray(X509Certificate[]::new);
  }

  private @Nullable String aliasFor(String @Nullable [] keyTypes) {
    // JSSE asks once for each key type that both sides can use; only ours is answered.
    return keyTypes == null || Arrays.asList(keyTypes).contains(key.getAlgorithm()) ? ALIAS : null;
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String @Nullable [] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return aliasFor(keyTypes);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String @Nullable [] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return aliasFor(keyTypes);
  }

  @Override
  public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return aliasFor(new String[] {keyType});
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return aliasFor(new String[] {keyType});
  }

  @Override
  public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return chain.clone();
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return key;
  }

  public PrivateKey privateKey() {
    return key;
  }
}

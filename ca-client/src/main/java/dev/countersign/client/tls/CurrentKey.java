package dev.countersign.client.tls;

import dev.countersign.client.TlsIdentity;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The key in force. An alias says of which generation it is: who chose it before a change asks for
 * its key and its chain after it, and must get those that belong together.
 */
final class CurrentKey extends X509ExtendedKeyManager {
  private static final int KEPT = 8; // handshakes are over long before so many renewals

  private final Endpoint endpoint;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, TlsIdentity> byAlias = new LinkedHashMap<>();

  CurrentKey(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  private interface Choice {
    @Nullable String by(TlsIdentity identity);
  }

  private @Nullable String alias(Choice choice) {
    Generation generation = endpoint.open();
    String chosen = choice.by(generation.identity());
    if (chosen == null) {
      return null;
    }
    String alias = chosen + "-" + generation.credential().certificate().serial();
    lock.lock();
    try {
      byAlias.putIfAbsent(alias, generation.identity());
      if (byAlias.size() > KEPT) {
        byAlias.remove(byAlias.keySet().iterator().next());
      }
      return alias;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable TlsIdentity of(String alias) {
    lock.lock();
    try {
      return byAlias.get(alias);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String @Nullable [] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(identity -> identity.chooseEngineClientAlias(keyTypes, issuers, engine));
  }

  @Override
  public @Nullable String chooseClientAlias(
      String @Nullable [] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(identity -> identity.chooseClientAlias(keyTypes, issuers, socket));
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(identity -> identity.chooseEngineServerAlias(keyType, issuers, engine));
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(identity -> identity.chooseServerAlias(keyType, issuers, socket));
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(identity -> identity.chooseClientAlias(new String[] {keyType}, issuers, null));
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(identity -> identity.chooseServerAlias(keyType, issuers, null));
  }

  private String @Nullable [] aliases(Choice choice) {
    String alias = alias(choice);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    TlsIdentity identity = of(alias);
    return identity == null ? null : identity.getCertificateChain(alias);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    TlsIdentity identity = of(alias);
    return identity == null ? null : identity.getPrivateKey(alias);
  }
}

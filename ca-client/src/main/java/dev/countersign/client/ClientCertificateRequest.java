package dev.countersign.client;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Notes whether a server asks for a client certificate, and of which CAs; shows ours if told to.
 */
final class ClientCertificateRequest extends X509ExtendedKeyManager {
  private final Optional<TlsIdentity> shown;
  private volatile Optional<List<String>> authorities = Optional.empty();

  ClientCertificateRequest(Optional<TlsIdentity> shown) {
    this.shown = shown;
  }

  /** Empty if none was asked for; the list is empty if it may be of any CA (RFC 8446 4.2.4). */
  Optional<List<String>> authorities() {
    return authorities;
  }

  private void note(Principal @Nullable [] issuers) {
    authorities =
        Optional.of(
            issuers == null
                ? List.of()
                : Arrays.stream(issuers)
                    .map(p -> p instanceof X500Principal x500 ? x500.getName() : p.getName())
                    .distinct()
                    .toList());
  }

  @Override
  public @Nullable String chooseClientAlias(
      String @Nullable [] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    note(issuers);
    return shown.map(own -> own.chooseClientAlias(keyTypes, issuers, socket)).orElse(null);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String @Nullable [] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    note(issuers);
    return shown.map(own -> own.chooseEngineClientAlias(keyTypes, issuers, engine)).orElse(null);
  }

  @Override
  public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return shown.map(own -> own.getClientAliases(keyType, issuers)).orElse(new String[0]);
  }

  @Override
  public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[0];
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return shown.map(own -> own.getCertificateChain(alias)).orElse(null);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return shown.map(own -> own.getPrivateKey(alias)).orElse(null);
  }
}

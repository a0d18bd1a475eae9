package dev.countersign.client.doctor;

import dev.countersign.client.TlsIdentity;
import dev.countersign.client.doctor.Seen.Asked;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The two managers of a client that notes all it is asked and shown, and judges nothing: that comes
 * after, with nothing sent but the handshake.
 */
final class Recorder {
  // RFC 8446 4.2.4 allows 64 KiB of names; more than these tell a person nothing
  private static final int MOST_ISSUERS = 1000;

  private final Keys keys;
  private final Trust trust = new Trust();
  private final SSLContext context;

  Recorder(Optional<TlsIdentity> identity) {
    keys = new Keys(identity);
    try {
      context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java has no TLS", e);
    }
  }

  /** Shows the same, and has no sessions. */
  Recorder(Recorder other) {
    this(other.keys.identity);
  }

  /** Sessions belong to it: the next engine of it may resume. */
  SSLContext context() {
    return context;
  }

  void forget() {
    trust.presented = new X509Certificate[0];
    keys.asked = false;
    keys.showed = false;
    keys.keyTypes.clear();
    keys.issuers.clear();
  }

  List<X509Certificate> presented() {
    return List.of(trust.presented);
  }

  Optional<Asked> asked() {
    return keys.asked
        ? Optional.of(new Asked(List.copyOf(keys.keyTypes), List.copyOf(keys.issuers)))
        : Optional.empty();
  }

  boolean showed() {
    return keys.showed;
  }

  private static final class Trust extends X509ExtendedTrustManager {
    private X509Certificate[] presented = new X509Certificate[0];

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
      checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
      checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
      presented = Arrays.copyOf(chain, chain.length);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
      checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
      checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
      throw new IllegalStateException("This side is a client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static final class Keys extends X509ExtendedKeyManager {
    private final Optional<TlsIdentity> identity;
    private final Set<String> keyTypes = new LinkedHashSet<>();
    private final Set<X500Principal> issuers = new LinkedHashSet<>();
    private boolean asked;
    private boolean showed;

    Keys(Optional<TlsIdentity> identity) {
      this.identity = identity;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
        String @Nullable [] types, Principal @Nullable [] names, @Nullable SSLEngine engine) {
      asked = true;
      if (types != null) {
        keyTypes.addAll(Arrays.asList(types));
      }
      for (Principal name : names == null ? new Principal[0] : names) {
        if (name instanceof X500Principal x500 && issuers.size() < MOST_ISSUERS) {
          issuers.add(x500);
        }
      }
      String alias =
          identity.map(own -> own.chooseEngineClientAlias(types, names, engine)).orElse(null);
      showed |= alias != null;
      return alias;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String @Nullable [] types, Principal @Nullable [] names, @Nullable Socket socket) {
      return chooseEngineClientAlias(types, names, null);
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] names) {
      return identity.map(own -> own.getClientAliases(keyType, names)).orElse(new String[0]);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] names) {
      return new String[0];
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] names, @Nullable Socket socket) {
      return null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
      return identity.map(own -> own.getCertificateChain(alias)).orElse(null);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
      return identity.map(own -> own.getPrivateKey(alias)).orElse(null);
    }
  }
}

package dev.countersign.client.tls;

import dev.countersign.client.ClientException;
import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.Credential;
import dev.countersign.client.Holder;
import dev.countersign.client.PathCheck;
import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.client.TlsIdentity;
import dev.countersign.pki.SpiffeId;
import java.security.GeneralSecurityException;
import java.security.NoSuchProviderException;
import java.time.Instant;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * What connections are made with between two changes of key, certificate or roots: all of it whole
 * and valid, or there is none. Tickets and sessions belong to its {@code SSLContext} and die with
 * it.
 */
final class Generation {
  // The wrapped engines rely on how the JDK's own report the end of a handshake
  private static final String PROVIDER = "SunJSSE";

  private final Credential credential;
  private final TlsIdentity identity;
  private final TrustedPaths paths;
  private final SSLContext inner;
  private final Era era;

  private Generation(
      Credential credential, TlsIdentity identity, TrustedPaths paths, SSLContext inner, Era era) {
    this.credential = credential;
    this.identity = identity;
    this.paths = paths;
    this.inner = inner;
    this.era = era;
  }

  static Generation of(Credential credential, TrustManager trust, Instant now) {
    TlsIdentity identity = new TlsIdentity(credential.privateKey(), credential.fullChain());
    try {
      PathCheck.path(credential.certificate(), credential.fullChain(), credential.roots(), now);
    } catch (BrokenPathException e) {
      throw new ClientException(
          e.fault() == PathCheck.Fault.EXPIRED ? Kind.EXPIRED : Kind.LOCAL_FILES,
          "The credential of "
              + credential.info().identity()
              + " in "
              + credential.folder()
              + " cannot be used: "
              + e.reason()
              + ". Renew it (countersign renew), or enrol again with a new string and --replace.",
          e);
    }
    return new Generation(
        credential,
        identity,
        new TrustedPaths(credential.roots()),
        context(identity, trust),
        new Era(credential.certificate().notAfter()));
  }

  /** The same, with nothing that could be resumed. */
  Generation withoutSessions(TrustManager trust) {
    return new Generation(credential, identity, paths, context(identity, trust), era);
  }

  /** Another credential that differs in nothing that a connection is made with. */
  boolean isMadeOf(Credential other) {
    return credential.fullChain().equals(other.fullChain())
        && credential.roots().equals(other.roots());
  }

  /** The same for a credential that {@link #isMadeOf} says so of. */
  Generation with(Credential other) {
    return new Generation(other, identity, paths, inner, era);
  }

  private static SSLContext context(TlsIdentity identity, TrustManager trust) {
    try {
      SSLContext context;
      try {
        context = SSLContext.getInstance("TLS", PROVIDER);
      } catch (NoSuchProviderException e) {
        context = SSLContext.getInstance("TLS");
      }
      context.init(new KeyManager[] {identity}, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java has no TLS", e);
    }
  }

  Credential credential() {
    return credential;
  }

  /** With the key in use, whatever has become of the folder since. */
  Holder holder() {
    return new Holder(credential, identity::privateKey);
  }

  TlsIdentity identity() {
    return identity;
  }

  TrustedPaths paths() {
    return paths;
  }

  SSLContext inner() {
    return inner;
  }

  Era era() {
    return era;
  }

  /** As the authority's own certificate says it, or else ours; empty where neither does. */
  String trustDomain() {
    return credential
        .info()
        .authorityId()
        .or(() -> SpiffeId.of(credential.certificate()))
        .map(SpiffeId::trustDomain)
        .orElse("");
  }
}

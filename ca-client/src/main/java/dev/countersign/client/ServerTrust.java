package dev.countersign.client;

import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.MalformedCertificateException;
import dev.countersign.pki.SpiffeId;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Decides in the first handshake whether the server is the authority: its chain must lead to a root
 * that is pinned or in the trust bundle, and its certificate must be in time, meant for servers,
 * bear the host's name, and be the authority's own: services have certificates of the same
 * authority, often for the same host.
 *
 * <p>An extended trust manager of our own is asked directly by JSSE, so the host name is checked
 * here: nobody else does.
 */
final class ServerTrust extends X509ExtendedTrustManager {
  /** Which of the presented certificates, or of our own, may be the end of the chain. */
  private interface Anchors {
    List<Certificate> among(List<Certificate> presented, String host);
  }

  /** Carries what we mean through JSSE, which only lets certificate exceptions pass. */
  static final class UntrustedServerException extends CertificateException {
    private static final long serialVersionUID = 1L;
    private final transient ClientException meaning;

    UntrustedServerException(ClientException meaning) {
      super(meaning.getMessage(), meaning);
      this.meaning = meaning;
    }

    ClientException meaning() {
      return meaning;
    }
  }

  /**
   * The server that was trusted last.
   *
   * @param root it was trusted by
   * @param id of the authority
   */
  record Accepted(Certificate root, SpiffeId id) {}

  private final Anchors anchors;
  private final Optional<SpiffeId> expected;
  private final RevocationLists lists;
  private final InstantSource clock;
  private volatile Optional<Accepted> accepted = Optional.empty();

  private ServerTrust(
      Anchors anchors, Optional<SpiffeId> expected, RevocationLists lists, InstantSource clock) {
    this.anchors = anchors;
    this.expected = expected;
    this.lists = lists;
    this.clock = clock;
  }

  /** Of any trust domain: the string does not say which it is. */
  static ServerTrust pinned(EnrollmentString string, InstantSource clock) {
    return new ServerTrust(
        (presented, host) -> pinnedRoots(presented, string, host),
        Optional.empty(),
        RevocationLists.NONE,
        clock);
  }

  /**
   * By the roots of a credential, and not if its revocation lists know better. The authority's ID
   * is as it was found out by pin; if it was not, any trust domain will do.
   */
  static ServerTrust of(Credential credential, InstantSource clock) {
    List<Certificate> roots = List.copyOf(credential.roots());
    return new ServerTrust(
        (presented, host) -> roots,
        credential.info().authorityId(),
        credential.revocationLists(),
        clock);
  }

  Optional<Accepted> accepted() {
    return accepted;
  }

  private static List<Certificate> pinnedRoots(
      List<Certificate> presented, EnrollmentString string, String host) {
    List<Certificate> roots = new ArrayList<>();
    for (Certificate certificate : presented) {
      if (string.pins().contains(certificate.pin()) && isRoot(certificate)) {
        roots.add(certificate);
      }
    }
    if (roots.isEmpty()) {
      Certificate top = presented.get(presented.size() - 1);
      throw new WrongPinException(
          host, top.subject(), top.pin(), string.pins(), string.createdAt());
    }
    return roots;
  }

  /**
   * A pin fixes the key alone, so the rest of the root must be vouched for by its own signature.
   */
  static boolean isRoot(Certificate certificate) {
    if (!certificate.isCa() || !certificate.subject().equals(certificate.issuer())) {
      return false;
    }
    try {
      certificate.x509().verify(certificate.x509().getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private void check(X509Certificate[] chain, String host) throws CertificateException {
    try {
      List<Certificate> presented = new ArrayList<>();
      for (X509Certificate certificate : chain) {
        presented.add(Certificate.parse(certificate.getEncoded()));
      }
      if (presented.isEmpty()) {
        throw new ClientException(
            Kind.WRONG_SERVER, "The server at " + host + " presented no certificate.");
      }
      accepted = Optional.of(check(presented, host));
    } catch (ClientException e) {
      throw new UntrustedServerException(e);
    } catch (MalformedCertificateException | CertificateEncodingException e) {
      throw new UntrustedServerException(
          new ClientException(
              Kind.WRONG_SERVER,
              "The server at "
                  + host
                  + " presented a malformed certificate: "
                  + e.getMessage()
                  + ".",
              e));
    }
  }

  private Accepted check(List<Certificate> presented, String host) {
    List<Certificate> roots = anchors.among(presented, host);
    Certificate leaf = presented.get(0);
    try {
      Certificate root = PathCheck.root(leaf, presented, roots, clock.instant());
      PathCheck.requireUsage(leaf, PathCheck.SERVER_AUTH, "server");
      if (!HostNames.matches(leaf, host)) {
        throw new BrokenPathException(
            "its certificate is for " + HostNames.shown(leaf) + ", not for " + host);
      }
      Optional<Revoked> revoked = lists.revoked(presented);
      if (revoked.isPresent()) {
        throw new BrokenPathException(revoked.get().reasonNotToTrust());
      }
      return new Accepted(root, authority(leaf));
    } catch (BrokenPathException e) {
      throw new ClientException(
          Kind.WRONG_SERVER,
          "The server at "
              + host
              + " is not trusted: "
              + e.reason()
              + ". Nothing was sent. Check the URL and this machine's clock; if both are right, ask"
              + " the authority's operator.",
          e);
    }
  }

  private SpiffeId authority(Certificate leaf) throws BrokenPathException {
    Optional<SpiffeId> id = SpiffeId.of(leaf).filter(SpiffeId::isAuthority);
    if (id.isEmpty() || !id.equals(expected.or(() -> id))) {
      throw new BrokenPathException(
          "its certificate is of this authority, but not the authority's own: it is for "
              + (leaf.names().uri().isEmpty()
                  ? HostNames.shown(leaf)
                  : Printable.line(String.join(", ", leaf.names().uri())))
              + ", and not for "
              + expected.map(SpiffeId::toString).orElse("spiffe://…/" + SpiffeId.AUTHORITY)
              + ". A service that poses as the authority would look like this");
    }
    return id.get();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain, String.valueOf(engine.getPeerHost()));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    SSLSession session = socket instanceof SSLSocket tls ? tls.getHandshakeSession() : null;
    if (session == null) {
      throw new CertificateException("No TLS session to take the host's name from");
    }
    check(chain, String.valueOf(session.getPeerHost()));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("The host's name is needed");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("This side is a client");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}

package dev.countersign.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.JwsSigner;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.SerialNumber;
import java.net.URI;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** The next certificate of a credential, asked for by proving the present one. */
public final class Renewal {
  /** How the present certificate is proved. */
  public enum Proof {
    /**
     * A request signed by its key: works behind any proxy, for servers' certificates, and for a
     * while after expiry.
     */
    SIGNED_REQUEST,
    /** The certificate shown in the TLS handshake. */
    MUTUAL_TLS
  }

  /**
   * How to renew.
   *
   * @param force renew although it is not time
   * @param sameKey keep the key; a new one is made otherwise
   * @param keyAlgorithm of a new key; that of the present one if empty
   */
  public record Options(
      boolean force,
      boolean sameKey,
      Optional<KeyAlgorithm> keyAlgorithm,
      Proof proof,
      Patience patience) {
    public static final Options USUAL =
        new Options(false, false, Optional.empty(), Proof.SIGNED_REQUEST, Patience.DEFAULT);
  }

  /** {@code renewed} is false when it was not time yet. */
  public record Renewed(Credential credential, boolean renewed) {}

  private static final Duration LOCK_WAIT = Duration.ofSeconds(60);

  private final InstantSource clock;
  private final SecureRandom random;
  private final Notices notices;

  public Renewal(InstantSource clock, SecureRandom random, Notices notices) {
    this.clock = clock;
    this.random = random;
    this.notices = notices;
  }

  public Renewed renew(CredentialFolder folder, Options options) {
    return renew(folder, options, Optional.empty());
  }

  /**
   * The same, but this certificate is due whatever its window: the authority has called it in, or a
   * CA above it is denied. If another process has renewed it meanwhile, it is done.
   */
  public Renewed renewEarly(CredentialFolder folder, SerialNumber serial, Options options) {
    return renew(folder, options, Optional.of(serial));
  }

  private Renewed renew(CredentialFolder folder, Options options, Optional<SerialNumber> called) {
    FilePermissions permissions = folder.readForRenewal(Notices.NONE).info().permissions();
    try (FolderLock lock = folder.lock(LOCK_WAIT, notices, permissions)) {
      Credential present =
          folder.readForRenewal(notices); // another process may have renewed it meanwhile
      if (!options.force()) {
        present = requireGood(present, folder, options, lock);
      }
      if (!options.force()
          && !called.equals(Optional.of(present.info().serial()))
          && !isDue(present)) {
        return new Renewed(present, false);
      }
      if (clock.instant().isAfter(present.info().renewal().graceUntil())) {
        throw new ClientException(
            Kind.EXPIRED,
            "The credential of "
                + present.info().identity()
                + " in "
                + folder.path()
                + " expired at "
                + present.info().notAfter()
                + " and could be renewed until "
                + present.info().renewal().graceUntil()
                + ". Ask the authority's operator for a new enrolment string, and enrol with"
                + " --replace.");
      }
      return new Renewed(ask(present, folder, options, lock), true);
    }
  }

  /**
   * Whether it is time, as far as can be told without asking. Also when a CA above is revoked:
   * others refuse what it certified, and there may be a next.
   */
  public boolean isDue(Credential present) {
    return !clock.instant().isBefore(present.info().renewal().start())
        || present.revocationLists().revoked(present.fullChain()).isPresent();
  }

  /**
   * What is revoked for good is not asked about: no list takes that back. A hold may have been
   * lifted since, so the newest list is fetched first.
   */
  private Credential requireGood(
      Credential present, CredentialFolder folder, Options options, FolderLock lock) {
    RevocationLists lists = present.revocationLists();
    Optional<Revoked> revoked = lists.revoked(present.fullChain());
    Credential newest = present;
    if (revoked.filter(Revoked::isOnHold).isPresent()) {
      CaConnection connection =
          CaConnection.trusting(present, Optional.empty(), options.patience(), clock);
      RevocationLists fetched = new CrlDownload(connection, notices).newest(present, lists);
      revoked = fetched.revoked(present.fullChain());
      if (fetched != lists) {
        newest =
            new GenerationWriter(folder, random)
                .refresh(present, TrustBundle.of(present), fetched, present.info().denials(), lock);
      }
    }
    if (revoked.filter(found -> found.ca().isEmpty()).isPresent()) {
      throw new ClientException(
          Kind.REFUSED,
          "The certificate of "
              + present.info().identity()
              + " in "
              + folder.path()
              + " cannot be renewed; the authority was not asked (--force does). "
              + revoked.get().advice(folder.path()));
    }
    return newest;
  }

  private Credential ask(
      Credential present, CredentialFolder folder, Options options, FolderLock lock) {
    CredentialInfo info = present.info();
    PendingKey pending = new PendingKey(folder, random);
    PrivateKey presentKey = present.privateKey();
    KeyPair presentPair = new KeyPair(present.certificate().x509().getPublicKey(), presentKey);
    KeyPair key =
        options.sameKey()
            ? presentPair
            : pending.keyFor(
                "renewal " + info.serial(),
                options.keyAlgorithm(),
                KeyAlgorithm.ofKey(presentPair.getPublic()));

    boolean shown = options.proof() == Proof.MUTUAL_TLS && !present.isExpired(clock.instant());
    CaConnection connection =
        CaConnection.trusting(
            present,
            shown
                ? Optional.of(new TlsIdentity(presentKey, present.fullChain()))
                : Optional.empty(),
            options.patience(),
            clock);
    SignedRequests requests = new SignedRequests(connection, clock, notices);
    byte[] payload = Enrollment.csr(key);
    JsonNode json =
        info.endpoints()
            .ask(
                base -> {
                  notices.working("asking " + base + " for the next certificate");
                  URI uri = Endpoints.resolve(base, "/v1/renew");
                  return shown
                      ? connection.post(uri, "application/json", payload, Map.of()).json()
                      : requests.post(uri, header(present), payload, JwsSigner.of(presentKey));
                },
                new Retries(options.patience(), random, notices));
    IssuedAnswer answer =
        IssuedAnswer.verified(
            json, key.getPublic(), root -> true, info.identity()::equals, requests.now());
    TrustBundle trust = nextTrust(present, answer, connection, requests.now());
    CredentialInfo next =
        new CredentialInfo(
            info.identity(),
            answer.profile(),
            answer.certificate().serial(),
            answer.certificate().notBefore(),
            answer.certificate().notAfter(),
            info.urls(),
            Optional.of(connection.server().id()),
            trust.number(),
            Math.max(info.denials(), answer.denials()),
            answer.renewal(),
            info.enrollment(),
            info.permissions(),
            Map.of());
    Credential written =
        new GenerationWriter(folder, random)
            .write(
                new GenerationWriter.Content(
                    key,
                    answer.certificate(),
                    answer.chain(),
                    trust.roots(),
                    lists(present, answer, trust, connection).pem(),
                    next),
                lock);
    pending.clear();
    return written;
  }

  /**
   * The new chain must end at a root that is trusted from now on: of the old bundle, or of a newer
   * one.
   */
  private static TrustBundle nextTrust(
      Credential present, IssuedAnswer answer, CaConnection connection, Instant now) {
    TrustBundle next =
        TrustBundle.of(present).next(answer.trust(), connection.server().root(), now);
    try {
      PathCheck.root(
          answer.certificate(), answer.chain(), next.roots(), answer.certificate().notBefore());
    } catch (BrokenPathException e) {
      throw new ClientException(
          Kind.WRONG_SERVER,
          "The authority's answer does not hold: "
              + e.reason()
              + " of the trust bundle. Nothing was written. Tell the authority's operator.",
          e);
    }
    return next;
  }

  /** Of the CAs above the new certificate: those of a CA that was replaced have had their day. */
  private RevocationLists lists(
      Credential present, IssuedAnswer answer, TrustBundle trust, CaConnection connection) {
    return present
        .revocationLists()
        .of(Credential.issuers(answer.chain(), trust.roots()))
        .with(answer.crls(new CrlDownload(connection, notices)));
  }

  private static Map<String, Object> header(Credential present) {
    return Map.of("x5c", FlattenedJws.x5c(present.fullChain()));
  }
}

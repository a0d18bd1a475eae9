package dev.countersign.server.renewal;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.server.http.TlsMaterial;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.issuance.AnswerContext;
import dev.countersign.server.issuance.Applicant;
import dev.countersign.server.issuance.Issuance;
import dev.countersign.server.issuance.RecordedCertificate;
import dev.countersign.server.issuance.SystemProof;
import dev.countersign.server.ledger.Actor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of this server's own HTTPS listener. It comes out of the same corridor as any
 * other, is renewed when its window opens, and is shown with the root above it, so that a client
 * that has only a pin can check it.
 */
public final class OwnCertificate {
  private static final Logger LOG = LoggerFactory.getLogger(OwnCertificate.class);
  private static final String PROFILE = "server";

  /**
   * What the certificate is to say and who else is to be believed.
   *
   * @param self the identity of the server itself, with the names of this server as its own
   * @param roots of the trust bundle
   * @param names of this server
   */
  public record Situation(Identity self, List<Certificate> roots, Names names) {}

  private final Situation situation;
  private final Issuance issuance;
  private final AnswerContext context;
  private final OwnKeyFile file;
  private final InstantSource clock;
  private final SecureRandom random;

  OwnCertificate(
      Situation situation,
      Issuance issuance,
      AnswerContext context,
      OwnKeyFile file,
      InstantSource clock,
      SecureRandom random) {
    this.situation = situation;
    this.issuance = issuance;
    this.context = context;
    this.file = file;
    this.clock = clock;
    this.random = random;
  }

  /**
   * What to listen with now: the pair on the disk, or a new one when that is not there, due, or for
   * other names.
   *
   * @param live whether a certificate on the disk is one that this authority has on record as good
   */
  public synchronized TlsMaterial current(Predicate<Certificate> live) {
    Optional<OwnKeyFile.Content> kept =
        file.read()
            .filter(content -> saysWhatItShould(content.chain().get(0)))
            .filter(content -> rootOf(content.chain()).isPresent())
            .filter(content -> live.test(content.chain().get(0)))
            .filter(content -> !isDue(content.chain().get(0)));
    return material(kept.orElseGet(this::issued));
  }

  /** New material when the certificate in use is due. */
  public synchronized Optional<TlsMaterial> renewedIfDue(Certificate inUse) {
    return isDue(inUse) ? Optional.of(material(issued())) : Optional.empty();
  }

  private boolean saysWhatItShould(Certificate certificate) {
    return certificate.names().list().containsAll(situation.names().list());
  }

  private boolean isDue(Certificate certificate) {
    Instant now = clock.instant();
    Instant start = context.renewalOf(PROFILE, certificate).start();
    // One that has not begun was made while the clock was ahead
    return !now.isBefore(start) || now.isBefore(certificate.notBefore());
  }

  private OwnKeyFile.Content issued() {
    KeyPair pair = KeyAlgorithm.P256.generate(random);
    RecordedCertificate recorded =
        issuance.issue(issuance.admitted(this::applicant), request(pair)).join();
    OwnKeyFile.Content content = new OwnKeyFile.Content(pair, recorded.chain());
    try {
      file.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the HTTPS key", e);
    }
    LOG.info(
        "HTTPS is served with certificate {} until {}",
        recorded.certificate().serial(),
        recorded.certificate().notAfter());
    return content;
  }

  private Applicant applicant() {
    return new Applicant(
        situation.self(),
        PROFILE,
        new SystemProof("https"),
        Actor.system("https"),
        Optional.empty(),
        Optional.of(situation.names()),
        Optional.empty());
  }

  private CertificateRequest request(KeyPair pair) {
    try {
      return CertificateRequest.verified(
          CertificateRequest.create(pair, Optional.empty(), situation.names()));
    } catch (InvalidRequestException e) {
      throw new IllegalStateException("Our own request is refused: " + e.detail(), e);
    }
  }

  private TlsMaterial material(OwnKeyFile.Content content) {
    List<Certificate> chain = new ArrayList<>(content.chain());
    chain.add(
        rootOf(chain).orElseThrow(() -> new IllegalStateException("no root is above this chain")));
    return new TlsMaterial(content.key().getPrivate(), chain, situation.roots());
  }

  private Optional<Certificate> rootOf(List<Certificate> chain) {
    String top = chain.get(chain.size() - 1).issuer();
    return situation.roots().stream().filter(root -> root.subject().equals(top)).findFirst();
  }
}
